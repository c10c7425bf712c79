/** The frame of the page: where its parts are, which view is shown, and whether the server is there. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Api } from "./api/client.ts";
import { type Connection, Live } from "./api/live.ts";
import { Heading } from "./parts/heading.tsx";
import { type Room, RoomContext } from "./room.ts";
import { paths, type View, viewOf } from "./routes.ts";
import { DiffView } from "./views/diff.tsx";
import { InventoryView } from "./views/inventory.tsx";
import { LogView } from "./views/log.tsx";
import { RunView } from "./views/run.tsx";
import { RunsView } from "./views/runs.tsx";
import { SignInView } from "./views/sign-in.tsx";
import { StartView } from "./views/start.tsx";

export function App() {
  const [address, setAddress] = useState(() => here());
  const [said, setSaid] = useState("");
  const main = useRef<HTMLElement>(null);
  const room = useMemo(() => makeRoom(setAddress, setSaid), []);
  const connection = useConnection(room);
  useAddress(room, setAddress);
  const view = viewOf(address);
  const place = address.pathname + address.search;
  useFocus(main, place);
  return (
    <RoomContext.Provider value={room}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header view={view} place={place} room={room} />
      <ConnectionBar connection={connection} place={place} />
      <main id="main" ref={main}>
        <Shown view={view} key={place} />
      </main>
      <p class="unseen" role="status">
        {said}
      </p>
    </RoomContext.Provider>
  );
}

interface Here {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

const here = (): Here => {
  const { pathname, search, hash } = location;
  return { pathname, search, hash };
};

function makeRoom(setAddress: (address: Here) => void, announce: (text: string) => void): Room {
  const api = new Api();
  const go = (path: string): void => {
    history.pushState(null, "", path);
    setAddress(here());
  };
  return { api, live: new Live(api), go, announce };
}

function useConnection({ live, announce }: Room): Connection {
  const [connection, setConnection] = useState(live.connection);
  useEffect(() => {
    let wasAway = false;
    const end = live.subscribe((event) => {
      if (event.kind !== "connection") return;
      setConnection(event.connection);
      if (event.connection === "away" && !wasAway) announce("The server does not answer.");
      if (event.connection === "connected" && wasAway) announce("The server is back.");
      wasAway = event.connection === "away";
    });
    const stop = connectWhileSeen(live);
    return () => {
      end();
      stop();
    };
  }, [live, announce]);
  return connection;
}

/** A page that is left may be kept for the way back, with its connections. */
function connectWhileSeen(live: Live): () => void {
  const look = () => (document.hidden ? live.rest() : live.connect());
  const rest = () => live.rest();
  live.connect();
  addEventListener("online", look);
  addEventListener("pageshow", look);
  addEventListener("pagehide", rest);
  document.addEventListener("visibilitychange", look);
  return () => {
    live.rest();
    removeEventListener("online", look);
    removeEventListener("pageshow", look);
    removeEventListener("pagehide", rest);
    document.removeEventListener("visibilitychange", look);
  };
}

/** Links of the page lead on without loading it anew; those that are to open elsewhere do so. */
function useAddress({ go }: Room, setAddress: (address: Here) => void): void {
  useEffect(() => {
    const moved = () => setAddress(here());
    const clicked = (event: MouseEvent) => {
      const link = (event.target as Element).closest?.("a");
      const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
      const href = link?.getAttribute("href");
      if (!link || !href?.startsWith("/") || !isPlain || link.hasAttribute("download")) return;
      event.preventDefault();
      go(href);
    };
    addEventListener("popstate", moved);
    document.addEventListener("click", clicked);
    return () => {
      removeEventListener("popstate", moved);
      document.removeEventListener("click", clicked);
    };
  }, [go, setAddress]);
}

/** A new view begins at its heading, as a new page would. */
function useFocus(main: { readonly current: HTMLElement | null }, place: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      scrollTo(0, 0);
      main.current?.querySelector("h1")?.focus();
    }
    first.current = false;
  }, [place]);
}

function Header({ view, place, room }: { view: View; place: string; room: Room }) {
  const links = [
    ["Runs", paths.runs(), "runs"],
    ["Images", paths.inventory(), "inventory"],
    ["Compare", paths.diff(), "diff"],
    ["Start a run", paths.start(), "start"],
    [room.api.token === undefined ? "Sign in" : "Token", paths.signIn(place), "sign-in"],
  ] as const;
  return (
    <header class="top">
      <a class="brand" href="/">
        tbuild
      </a>
      <nav aria-label="Views">
        {links.map(([text, href, kind]) => (
          <a href={href} aria-current={view.kind === kind ? "page" : undefined} key={kind}>
            {text}
          </a>
        ))}
      </nav>
    </header>
  );
}

function ConnectionBar({ connection, place }: { connection: Connection; place: string }) {
  if (connection === "away")
    return <Bar>The server does not answer. It is tried again; what is shown may be old.</Bar>;
  if (connection === "signed-out" && !place.startsWith("/sign-in"))
    return (
      <Bar>
        This server shows its runs to those who <a href={paths.signIn(place)}>sign in</a>.
      </Bar>
    );
  return null;
}

const Bar = ({ children }: { children: ComponentChildren }) => (
  <section class="bar" aria-label="Connection">
    {children}
  </section>
);

function Shown({ view }: { view: View }) {
  switch (view.kind) {
    case "runs":
      return <RunsView filter={view.filter} />;
    case "run":
      return <RunView id={view.run} />;
    case "log":
      return <LogView {...view} />;
    case "diff":
      return <DiffView {...view} />;
    case "inventory":
      return <InventoryView {...view} />;
    case "start":
      return <StartView {...view} />;
    case "sign-in":
      return <SignInView back={view.back} />;
    case "unknown":
      return (
        <>
          <Heading text="There is no such page" />
          <p>
            <a href="/">All runs</a>
          </p>
        </>
      );
  }
}

/** Takes the token of whoever wants to see or do more, tries it, and keeps it until the tab is closed. */

import { useState } from "preact/hooks";
import type { ApiError } from "../api/client.ts";
import { Heading } from "../parts/heading.tsx";
import { Problem } from "../parts/words.tsx";
import { asApiError, useRoom } from "../room.ts";

export function SignInView({ back }: { readonly back: string }) {
  const { api, live, go, announce } = useRoom();
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<ApiError>();
  const signIn = async (): Promise<void> => {
    const before = api.token;
    api.token = token.trim();
    try {
      await api.json("/runs?limit=1");
      live.connect();
      announce("Signed in.");
      go(back);
    } catch (error) {
      api.token = before;
      setProblem(asApiError(error));
    }
  };
  const signOut = (): void => {
    api.token = undefined;
    live.connect();
    announce("Signed out.");
    go("/");
  };
  return (
    <>
      <Heading text="Sign in" />
      <p>
        A token is made by <code>tbuild serve --new-token NAME --scope run</code>. It is kept until
        this tab is closed.
      </p>
      <form
        class="sheet"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <label>
          Token
          <input
            type="password"
            autoComplete="off"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        {problem && <Problem problem={problem} />}
        <p class="actions">
          <button type="submit">Sign in</button>
          {api.token !== undefined && (
            <button type="button" onClick={signOut}>
              Sign out
            </button>
          )}
        </p>
      </form>
    </>
  );
}

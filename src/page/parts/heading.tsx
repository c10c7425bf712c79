/** The heading of a view, which is the title of the window too, and where a view begins for who does not see it. */
import { useEffect } from "preact/hooks";

export function Heading({ text }: { readonly text: string }) {
  useEffect(() => {
    document.title = `${text} · tbuild`;
  }, [text]);
  return <h1 tabIndex={-1}>{text}</h1>;
}

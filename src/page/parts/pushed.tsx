/** Names in registries with what they stand for. */
import type { PushedTag } from "../../model/event.ts";

export function Pushed({ tags }: { readonly tags: readonly PushedTag[] }) {
  if (tags.length === 0) return <p class="faint">Nothing was pushed.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label="Pushed names">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Digest</th>
          </tr>
        </thead>
        <tbody>
          {tags.map(({ reference, digest }) => (
            <tr key={reference}>
              <th scope="row">{reference}</th>
              <td>
                <code>{digest}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

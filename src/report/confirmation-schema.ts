/** The schema of the event that tells of a question before what cannot be undone. */
import type { Digest } from "../model/artifact.ts";
import type { Event } from "../model/event.ts";
import { confirmationStates, type Overwrite } from "../model/overwrite.ts";
import {
  described,
  type Fields,
  list,
  mapping,
  oneOf,
  optional,
  type Typed,
  text,
} from "./typed-schema.ts";

const digest = { schema: text.schema } as Typed<Digest>;

export const confirmation: Fields<Omit<Event & { readonly kind: "confirmation" }, "kind">> = {
  target: text,
  title: described("What to call it in messages", text),
  state: described(
    "`given` is `--yes`; `unasked`: nobody could be asked",
    oneOf(...confirmationStates),
  ),
  overwrites: list(
    mapping<Overwrite>({
      reference: text,
      old: optional(described("Absent where the tag is not there", digest)),
      new: digest,
      why: text,
    }),
  ),
};

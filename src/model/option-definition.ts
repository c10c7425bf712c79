/** What an option of the command line is declared with. Which there are stands in `command-line`. */

export interface OptionDefinition {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; a flag takes none. */
  readonly takes?: string;
  readonly choices?: readonly string[];
  /** Several of the choices may be given, with commas between them. */
  readonly list?: boolean;
  readonly help: string;
  /** Whether `--no-NAME` turns it off. */
  readonly negatable?: boolean;
}

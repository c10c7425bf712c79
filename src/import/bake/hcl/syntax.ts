/** What an HCL file says, as a tree with places. What names and functions stand for is not known here. */
import type { Span } from "../../../config/yaml/node.ts";

export type Operator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "&&"
  | "||";

export type Expression = Span &
  (
    | { readonly kind: "value"; readonly value: string | number | boolean | null }
    | { readonly kind: "template"; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: "list"; readonly items: readonly Expression[] }
    | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "index"; readonly of: Expression; readonly key: Expression }
    | { readonly kind: "splat"; readonly of: Expression; readonly keys: readonly Expression[] }
    | {
        readonly kind: "call";
        readonly name: string;
        readonly args: readonly Expression[];
        readonly spread: boolean;
      }
    | { readonly kind: "not"; readonly of: Expression }
    | { readonly kind: "negative"; readonly of: Expression }
    | {
        readonly kind: "binary";
        readonly operator: Operator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: "choice";
        readonly condition: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
    | ForExpression
  );

interface ForExpression {
  readonly kind: "for";
  /** One name for values, or two for keys and values. */
  readonly names: readonly string[];
  readonly of: Expression;
  /** Of an object. */
  readonly key?: Expression;
  readonly value: Expression;
  readonly condition?: Expression;
}

export interface Attribute extends Span {
  readonly name: string;
  readonly value: Expression;
}

export interface Block extends Span {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

export const attributeNamed = (
  block: Pick<Block, "attributes">,
  name: string,
): Expression | undefined =>
  block.attributes.findLast((attribute) => attribute.name === name)?.value;

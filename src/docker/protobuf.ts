/**
 * Reads and writes the protobuf wire format, as little of it as BuildKit's status and session
 * messages need. What the field numbers mean is left to the callers.
 *
 * Format: https://protobuf.dev/programming-guides/encoding/. Loading `protobufjs` instead takes
 * 35 ms, more than half of Node's own start.
 */

/**
 * Calls `visit` for each field of one message, in the order of the bytes.
 * @param visit receives the field's number and its value: a number for varints (exact up to 2^53),
 *   bytes for length-delimited fields; 32 and 64 bit fixed fields are skipped
 * @throws Error when the bytes end inside a field or use an unknown wire type
 */
export function readFields(
  message: Buffer,
  visit: (field: number, value: number | Buffer) => void,
): void {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor);
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        visit(field, readVarint(message, cursor));
        break;
      case 1:
        skip(message, cursor, 8);
        break;
      case 2:
        visit(field, skip(message, cursor, readVarint(message, cursor)));
        break;
      case 5:
        skip(message, cursor, 4);
        break;
      default:
        throw new Error(`unknown protobuf wire type ${key % 8}`);
    }
  }
}

/** One length-delimited field: a string, bytes, or an encoded message. Empty values are left out, as proto3 does. */
export function bytesField(field: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  if (bytes.length === 0) return Buffer.alloc(0);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** One varint field, for integers from 0 to 2^53. */
export function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** Text of a length-delimited field; an empty string for any other value. */
export function text(value: number | Buffer): string {
  return typeof value === "number" ? "" : value.toString("utf8");
}

function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new Error("protobuf message ends inside a number");
    // Multiplied, not shifted: shifts cut at 32 bits, and seconds since the epoch times 128 do not fit.
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
}

function skip(bytes: Buffer, cursor: { at: number }, length: number): Buffer {
  const end = cursor.at + length;
  if (end > bytes.length) throw new Error("protobuf message ends inside a field");
  const value = bytes.subarray(cursor.at, end);
  cursor.at = end;
  return value;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

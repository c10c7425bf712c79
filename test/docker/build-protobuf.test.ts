import { bytesField, numberField, readFields, text } from "../../src/docker/protobuf.ts";

function fieldsOf(message: Buffer): unknown[] {
  const fields: unknown[] = [];
  readFields(message, (field, value) => {
    fields.push([field, typeof value === "number" ? value : text(value)]);
  });
  return fields;
}

test("what is written is read again", () => {
  const big = 2 ** 53 - 1;
  const message = Buffer.concat([bytesField(1, "ä"), numberField(300, big), numberField(3, 0)]);
  expect(fieldsOf(message)).toEqual([
    [1, "ä"],
    [300, big],
    [3, 0],
  ]);
});

test("the bytes are those of the specification's example", () => {
  expect(numberField(1, 150)).toEqual(Buffer.from([0x08, 0x96, 0x01]));
  expect(bytesField(2, "testing").toString("hex")).toBe("120774657374696e67");
});

test("fixed-width fields are passed over", () => {
  const fixed = Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4]);
  expect(fieldsOf(Buffer.concat([fixed, numberField(4, 1)]))).toEqual([[4, 1]]);
});

test("a message cut anywhere inside a field is refused", () => {
  const message = bytesField(1, "abc");
  for (let length = 1; length < message.length; length++) {
    expect(() => fieldsOf(message.subarray(0, length))).toThrow("ends inside");
  }
});

test("an unknown wire type is refused", () => {
  expect(() => fieldsOf(Buffer.from([0x0b]))).toThrow("unknown protobuf wire type 3");
});

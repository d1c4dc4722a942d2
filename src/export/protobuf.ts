/** As much of the protobuf wire format as profile.proto needs: varints, strings, messages, packed numbers. */
export class ProtoWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  /** Fields of value 0 are left out, as proto3 does. @param value a whole number; negative ones as 64-bit two's complement */
  number(field: number, value: number | bigint): void {
    if (value === 0 || value === 0n) return;
    this.#varint(field << 3);
    this.#varint(value);
  }

  string(field: number, text: string): void {
    this.bytes(field, Buffer.from(text, 'utf8'));
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.#varint((field << 3) | 2);
    this.#varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  message(field: number, write: (message: ProtoWriter) => void): void {
    const message = new ProtoWriter();
    write(message);
    this.bytes(field, message.finish());
  }

  packed(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    const packed = new ProtoWriter();
    for (const value of values) packed.#varint(value);
    this.bytes(field, packed.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #varint(value: number | bigint): void {
    this.#room(10);
    let rest = typeof value === 'bigint' ? BigInt.asUintN(64, value) : value >= 0 && Number.isSafeInteger(value) ? value : BigInt.asUintN(64, BigInt(Math.trunc(value)));
    if (typeof rest === 'bigint') {
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    } else {
      for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

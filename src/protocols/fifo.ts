/** First in, first out, in a ring that grows: no shifting, no allocation per entry. */
export class Fifo<T> {
  private items: Array<T | undefined> = new Array<T | undefined>(4).fill(undefined);
  private head = 0;
  length = 0;

  push(item: T): void {
    if (this.length === this.items.length) this.grow();
    this.items[(this.head + this.length) & (this.items.length - 1)] = item;
    this.length++;
  }

  /** The oldest, or undefined. */
  first(): T | undefined {
    return this.length > 0 ? this.items[this.head] : undefined;
  }

  last(): T | undefined {
    return this.length > 0 ? this.at(this.length - 1) : undefined;
  }

  /** @param index 0 is the oldest; must be below `length` */
  at(index: number): T {
    return this.items[(this.head + index) & (this.items.length - 1)] as T;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.length--;
    return item;
  }

  private grow(): void {
    const grown = new Array<T | undefined>(this.items.length * 2).fill(undefined);
    for (let i = 0; i < this.length; i++) grown[i] = this.at(i);
    this.items = grown;
    this.head = 0;
  }
}

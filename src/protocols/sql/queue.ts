/** First in, first out, in a ring that doubles when it is full: no array is shortened or moved on the way of a request. */

const FIRST_CAPACITY = 8;

export class Queue<T> {
  /** A power of two long. */
  private slots: Array<T | undefined> = new Array<T | undefined>(FIRST_CAPACITY).fill(undefined);
  private head = 0;
  private size = 0;

  get length(): number {
    return this.size;
  }

  push(item: T): void {
    if (this.size === this.slots.length) this.grow();
    this.slots[(this.head + this.size) & (this.slots.length - 1)] = item;
    this.size++;
  }

  first(): T | undefined {
    return this.slots[this.head];
  }

  last(): T | undefined {
    return this.size === 0 ? undefined : this.at(this.size - 1);
  }

  /** @param index 0 is the first; below `length` */
  at(index: number): T {
    return this.slots[(this.head + index) & (this.slots.length - 1)]!;
  }

  shift(): T | undefined {
    const item = this.slots[this.head];
    if (this.size === 0) return undefined;
    this.slots[this.head] = undefined;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.size--;
    return item;
  }

  private grow(): void {
    const { slots, size } = this;
    const larger = new Array<T | undefined>(slots.length * 2).fill(undefined);
    for (let i = 0; i < size; i++) larger[i] = this.at(i);
    this.slots = larger;
    this.head = 0;
  }
}

/** How many channels, patterns and shard channels a connection has subscribed to: UNSUBSCRIBE alone is confirmed once for each. */
export class Subscriptions {
  private channels = 0;
  private patterns = 0;
  private shards = 0;

  get any(): boolean {
    return this.channels + this.patterns + this.shards > 0;
  }

  /** @param left what the confirmation of `command` says: channels and patterns together, or shard channels */
  confirmed(command: string, left: number): void {
    if (isShard(command)) this.shards = left;
    else if (isPattern(command)) this.patterns = Math.max(0, left - this.channels);
    else this.channels = Math.max(0, left - this.patterns);
  }

  /** Confirmations that `command` without arguments will have. */
  expected(command: string): number {
    return Math.max(1, isShard(command) ? this.shards : isPattern(command) ? this.patterns : this.channels);
  }

  clear(): void {
    this.channels = this.patterns = this.shards = 0;
  }
}

function isPattern(command: string): boolean {
  return command.startsWith('P');
}

function isShard(command: string): boolean {
  return command === 'SSUBSCRIBE' || command === 'SUNSUBSCRIBE';
}

/** Memory that the caches of a process share, bytes. What one of them does not need, the others may have. */
export class Room {
  readonly #shares = new Set<Share>();

  constructor(private readonly bytes: number) {}

  /** A part for one cache more, until it leaves. */
  share(): Share {
    const share = new Share(this.#shares, this.bytes);
    this.#shares.add(share);
    return share;
  }
}

/** One cache's part of a room. */
export class Share {
  /** Bytes that the cache says it holds. */
  used = 0;

  constructor(
    private readonly shares: Set<Share>,
    private readonly bytes: number,
  ) {}

  /** Bytes that it may hold by now: an equal part at least, and what nobody uses. All together hold at most twice the room. */
  get limit(): number {
    let free = this.bytes;
    for (const { used } of this.shares) free -= used;
    return Math.max(this.bytes / this.shares.size, this.used + free);
  }

  leave(): void {
    this.shares.delete(this);
  }
}

/** Those who follow one of many things each: what happens to one costs nothing to those who follow the others. */

type Listener = () => void;

export class Followers {
  private readonly listeners = new Map<string, Set<Listener>>();

  /** Call `listener` whenever something is told of `key`; the answer ends it. */
  follow(key: string, listener: Listener): () => void {
    const known = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0 && this.listeners.get(key) === known) this.listeners.delete(key);
    };
  }

  tell(key: string): void {
    for (const listener of this.listeners.get(key) ?? []) listener();
  }

  tellAll(): void {
    for (const key of [...this.listeners.keys()]) this.tell(key);
  }
}

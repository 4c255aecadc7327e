/**
 * A small store in this browser, by IndexedDB. It may be missing, full, broken or of a later version of the page: then its
 * calls fail within seconds, and whoever keeps only copies here goes on without.
 */

// A store that another tab holds, or a disk that is gone, answers never.
const WITHIN_MILLISECONDS = 5_000;

export interface Changes {
  put: { store: string; value: object }[];
  remove: { store: string; key: string }[];
}

export interface Database {
  all(store: string): Promise<unknown[]>;
  /** Make all the changes or none. */
  write(changes: Changes): Promise<void>;
  close(): void;
}

/** Open it; what a version before left is thrown away, for all that lies here are copies, each with its key in `id`. */
export async function openDatabase(name: string, { version, stores }: { version: number; stores: string[] }) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    const { result } = request;
    for (const old of [...result.objectStoreNames]) result.deleteObjectStore(old);
    for (const store of stores) result.createObjectStore(store, { keyPath: "id" });
  };
  const opened = await answer(request);
  // Another tab empties it, or has a later page: it must not wait for this one.
  opened.onversionchange = () => opened.close();
  return wrap(opened);
}

export async function deleteDatabase(name: string): Promise<void> {
  await answer(indexedDB.deleteDatabase(name));
}

function wrap(opened: IDBDatabase): Database {
  return {
    all: (store) => answer(opened.transaction(store).objectStore(store).getAll()),
    write: ({ put, remove }) => {
      const stores = new Set([...put, ...remove].map(({ store }) => store));
      if (stores.size === 0) return Promise.resolve();
      const transaction = opened.transaction([...stores], "readwrite");
      for (const { store, value } of put) transaction.objectStore(store).put(value);
      for (const { store, key } of remove) transaction.objectStore(store).delete(key);
      return within(
        new Promise((resolve, reject) => {
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
        }),
      );
    },
    close: () => opened.close(),
  };
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return within(
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }),
  );
}

function within<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("The store does not answer.")), WITHIN_MILLISECONDS);
    promise.then(resolve, reject);
  });
}

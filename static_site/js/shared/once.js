/** Loading what is needed only sometimes, when it is needed first. */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T>} loads once; after a failure, the next call tries again
 */
export function once(load) {
  /** @type {Promise<T> | null} */
  let loading = null;
  return () => {
    loading ??= load().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

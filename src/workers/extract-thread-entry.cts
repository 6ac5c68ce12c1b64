/**
 * Where an extraction thread starts: a CommonJS module, so that what it needs is loaded by `import()`. A thread that is ended
 * while it loads ES modules through `require`, as piscina does, takes the whole process with it (seen on Node 20.20:
 * `FATAL ERROR: v8::Module::IsGraphAsync`). The thread counts as ready once the promise has resolved.
 */
export = {
  // piscina looks for the handler under `default`.
  __esModule: true,
  default: import('./extract-thread.js').then((thread) => thread.default),
};

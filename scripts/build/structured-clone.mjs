/** In place of `@ungap/structured-clone`, which would use this, too, but names globals that n8n forbids. */
export default structuredClone;

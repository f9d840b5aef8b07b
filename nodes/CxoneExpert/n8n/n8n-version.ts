/*
 * Relies on: `n8n-workflow` exports its package.json, and its minor version is that of n8n (2.41.0 comes
 * with n8n 2.41.1). A node is not told the version of n8n.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the report has no version of n8n, or another one than
 * the editor shows.
 */

/** The version of n8n without its last part, e.g. `2.41`; `undefined` when it is not to be known. */
export async function n8nVersion(): Promise<string | undefined> {
	try {
		const { default: manifest } = await import('n8n-workflow/package.json');
		return /^\d+\.\d+/.exec(manifest.version)?.[0];
	} catch {
		return undefined;
	}
}

/*
 * Relies on: `n8n-workflow` exports its package.json, and shares n8n's minor version (2.41.0 comes
 * with n8n 2.41.1). n8n does not tell nodes its version.
 *
 * Seen in n8n 2.8.4 and 2.41.1. When it changes: the report shows no version of n8n, or another one
 * than the editor.
 *
 * Look first at: n8n-workflow, `package.json`, `exports`: is `./package.json` among them?
 */

/** n8n's version without its last part, e.g. `2.41`; `undefined` when unknown. */
export async function n8nVersion(): Promise<string | undefined> {
	try {
		const { default: manifest } = await import('n8n-workflow/package.json');
		return /^\d+\.\d+/.exec(manifest.version)?.[0];
	} catch {
		return undefined;
	}
}

import { versions } from '../support/contract/n8n-code.mts';
import { ensureN8n } from '../support/n8n/install.mts';
import { reportMissingPrograms } from '../support/programs.mts';

/** Once for all contract tests: the code of each n8n. It is not started. */
export default async function setup() {
	reportMissingPrograms(['postgresql']);
	for (const version of versions) await ensureN8n({ version });
}

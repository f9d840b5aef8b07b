import { expect, it } from 'vitest';

import { n8nVersion } from '../../nodes/CxoneExpert/n8n/n8n-version.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

/** For Webhook: Check Health, whose report is passed on to people who ask for the version. */
it.each(versions)('n8n %s shares its minor version with n8n-workflow, by which n8nVersion goes', async (version) => {
	const manifest = n8nCode(version).package<{ version: string }>('n8n-workflow/package.json');
	const [major, minor] = version.split('.');
	expect(manifest.version).toMatch(new RegExp(`^${major}\\.${minor}\\.\\d+`));
	expect(await n8nVersion()).toMatch(/^\d+\.\d+$/);
});

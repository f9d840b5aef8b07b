import { describe, expect, it } from 'vitest';

import { n8nVersion } from '../../nodes/CxoneExpert/n8n/n8n-version.ts';
import { n8nCode, versions } from '../support/contract/n8n-code.mts';

/** For Webhook: Check Health, whose report is passed on to people who ask for the version. */
describe.each(versions)('the version of n8n %s', (version) => {
	it(`n8n ${version} shares its minor version with n8n-workflow, which says it`, () => {
		const manifest = n8nCode(version).package<{ version: string }>('n8n-workflow/package.json');
		const [major, minor] = version.split('.');
		expect(manifest.version).toMatch(new RegExp(`^${major}\\.${minor}\\.\\d+`));
	});
});

describe('n8nVersion', () => {
	it('n8nVersion gives major and minor version', async () => {
		expect(await n8nVersion()).toMatch(/^\d+\.\d+$/);
	});
});

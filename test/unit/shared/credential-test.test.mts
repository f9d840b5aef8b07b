import type { ICredentialTestFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { testExpertCredential } from '../../../nodes/CxoneExpert/shared/credential-test.ts';

const ADMIN =
	'<user anonymous="false"><username>Ann</username><permissions.user><role>Admin</role></permissions.user></user>';
const EDITOR = ADMIN.replace('Admin', 'Editor');
const ANONYMOUS = '<user anonymous="true"/>';
const WEBHOOKS = '<webhooks/>';

const jwtUntil = (ms: number) =>
	`eyJh.${Buffer.from(JSON.stringify({ exp: ms / 1000 })).toString('base64url')}.c2ln`;

/** A body of 200, or a status without a body. */
type Response = string | number;

/** The test of a credential whose site returns these responses in turn. */
async function testWith(responses: Response[], changed: ExpertCredential = {}) {
	const uris: string[] = [];
	const request = async ({ uri }: { uri: string }) => {
		uris.push(uri);
		const response = responses[uris.length - 1];
		return typeof response === 'number'
			? { statusCode: response, headers: {}, body: '' }
			: { statusCode: 200, headers: {}, body: response };
	};
	const context = { helpers: { request } } as unknown as ICredentialTestFunctions;
	const data = { siteUrl: 'https://help.example.com', longTermToken: 'the-token', ...changed };
	const credential = { id: '1', name: 'Expert', type: 'cxoneExpertApi', data: { ...data } };
	return { ...(await testExpertCredential.call(context, credential)), uris };
}

describe('testExpertCredential', () => {
	it('testExpertCredential asks who the user is, then for one webhook', async () => {
		const { status, message, uris } = await testWith([ADMIN, WEBHOOKS]);
		expect({ status, message }).toEqual({ status: 'OK', message: 'Connected as Ann' });
		expect(uris).toEqual([
			'https://help.example.com/@api/deki/users/current',
			'https://help.example.com/@api/deki/webhooks?limit=1&offset=0',
		]);
	});

	it('testExpertCredential says until when the long-term token is valid', async () => {
		const longTermToken = jwtUntil(Date.UTC(2099, 0, 31));
		expect((await testWith([ADMIN, WEBHOOKS], { longTermToken })).message).toBe(
			'Connected as Ann. The long-term token is valid until 2099-01-31.',
		);
	});

	it('testExpertCredential warns of a long-term token that expires soon', async () => {
		const { status, message } = await testWith([ADMIN, WEBHOOKS], {
			longTermToken: jwtUntil(Date.now() + 86_400_000),
		});
		expect(status).toBe('OK');
		expect(message).toMatch(/^Connected as Ann\. The long-term token is valid until .* Create/);
	});

	it.each([
		['the user Anonymous', ANONYMOUS],
		['401', 401],
	])('testExpertCredential reports a rejected token for %s', async (_case, response) => {
		const { status, message } = await testWith([response]);
		expect(status).toBe('Error');
		expect(message).toMatch(/^The site does not accept the token\. /);
	});

	it('testExpertCredential says that a rejected token has expired', async () => {
		const { status, message } = await testWith([ANONYMOUS], {
			longTermToken: jwtUntil(1_000_000_000_000),
		});
		expect(status).toBe('Error');
		expect(message).toMatch(/^The long-term token expired on 2001-09-09\. /);
	});

	it('testExpertCredential reports a rejected token that has not expired as not accepted', async () => {
		const { message } = await testWith([ANONYMOUS], {
			longTermToken: jwtUntil(Date.now() + 86_400_000),
		});
		expect(message).toMatch(/^The site does not accept the token\. /);
	});

	describe.each([
		['passes without a signing secret', 'OK', {}],
		['passes with a signing secret of white space', 'OK', { signingSecret: ' ' }],
		['fails with a signing secret, which only the trigger needs', 'Error', { signingSecret: 's' }],
	])('testExpertCredential %s', (outcome, expected, changed) => {
		it(`testExpertCredential ${outcome}, for a user who is not an admin`, async () => {
			const { status, message } = await testWith([EDITOR, 403], changed);
			expect(status).toBe(expected);
			expect(message).toContain('its user Ann may see and edit. For the trigger, webhooks and');
		});

		it(`testExpertCredential ${outcome}, for an admin of a site that does not allow webhooks`, async () => {
			const { status, message } = await testWith([ADMIN, 403], changed);
			expect(status).toBe(expected);
			expect(message).toContain('webhooks, which the site does not allow (403)');
		});
	});

	it('testExpertCredential reports any other status', async () => {
		const { status, message } = await testWith([ADMIN, 500]);
		expect(status).toBe('Error');
		expect(message).toContain('(500) while n8n tried to list the webhooks of the site');
	});

	it('testExpertCredential fails when the site returns something other than webhooks', async () => {
		const { status, message } = await testWith([ADMIN, ADMIN]);
		expect(status).toBe('Error');
		expect(message).toContain('The Expert site returned an unexpected response');
	});

	it('testExpertCredential explains a Site URL that is no address and sends nothing', async () => {
		const { message, uris } = await testWith([ADMIN], { siteUrl: '' });
		expect(message).toMatch(/^The Site URL is not a web address\. /);
		expect(uris).toEqual([]);
	});
});

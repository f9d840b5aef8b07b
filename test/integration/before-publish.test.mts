import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { beforePublishing } from '../support/integration/action-node.mts';
import { credentialFor, openSite, UNSIGNED, useScenes } from '../support/integration/scene.mts';
import type { Simulator } from '../support/simulator/index.mts';

/* What the trigger's panel shows before publishing. Each problem of a token: credential-test.test.mts. */

useScenes();

const HEADING = 'Before you publish (reopen this panel to check again):';
const TOKEN = '✓ Token: connected as admin';
const ADMIN = '✓ Admin role';
const WEBHOOKS = '✓ Webhooks are enabled';
const ADDRESS = '✓ Address: http://127.0.0.1:5678/webhook/';
const NOT_KNOWN = '? What else the site needs is not known yet.';
const SECRET =
	"? Signing secret: the first delivery tells whether it is right. 'Webhook: Send Test Delivery' tells whether deliveries reach n8n.";

it('the panel of the trigger shows a tick for all that is well, says what the first delivery tells, and only reads', async () => {
	const site = await openSite();
	expect(await beforePublishing(credentialFor(site))).toEqual([HEADING, TOKEN, ADMIN, WEBHOOKS, ADDRESS, SECRET]);
	expect(site.apiCalls.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

const startsWith = (text: string) => expect.stringMatching(new RegExp(`^${text}`)) as string;

it.each<[what: string, changes: (site: Simulator) => ICredentialDataDecryptedObject, lines: string[]]>([
	[
		'a token without the Admin role',
		(site) => ({ longTermToken: site.editorJwt }),
		[
			'✓ Token: connected as editor',
			startsWith('✗ The user of the token, "editor", does not have the Admin role\\. '),
			...[NOT_KNOWN, ADDRESS, SECRET],
		],
	],
	[
		'a site without webhooks',
		({ settings }) => {
			settings.webhooksFeature = false;
			return {};
		},
		[TOKEN, ADMIN, startsWith('✗ Webhooks are not enabled for the site\\. '), ADDRESS, SECRET],
	],
	[
		'a mistyped token',
		() => ({ longTermToken: 'hello' }),
		[
			startsWith('✗ The site does not accept the token\\. What is entered is no long-term token'),
			...[NOT_KNOWN, ADDRESS, SECRET],
		],
	],
	[
		'no signing secret',
		() => ({ signingSecret: '' }),
		[TOKEN, ADMIN, WEBHOOKS, ADDRESS, startsWith('✗ The credential has no signing secret\\. Enter the Signing Secret')],
	],
	[
		'a signing secret with a space',
		() => ({ signingSecret: 'whsec ' }),
		[TOKEN, ADMIN, WEBHOOKS, ADDRESS, startsWith('✗ The signing secret begins or ends with white space\\. ')],
	],
	[
		'a site that has no signing secret yet',
		() => UNSIGNED,
		[TOKEN, ADMIN, WEBHOOKS, ADDRESS, startsWith('\\? Signatures are not verified, ')],
	],
])('the panel of the trigger says what to do about %s, beside what is well', async (_what, changes, lines) => {
	const site = await openSite();
	expect(await beforePublishing({ ...credentialFor(site), ...changes(site) })).toEqual([HEADING, ...lines]);
});

it.each([
	['https://n8n.example.com', '✓ Address: https://n8n.example.com/webhook/'],
	['https://n8n.example.com/behind/a/proxy', '✓ Address: https://n8n.example.com/behind/a/proxy/webhook/'],
	['http://n8n.example.com', undefined],
	['https://127.0.0.1:5678', undefined],
	['https://n8n.internal', undefined],
])('the panel of the trigger judges the address %s', async (urlOfN8n, passes) => {
	const lines = await beforePublishing({ siteUrl: 'https://no-such-host.invalid', longTermToken: 'a.b.c' }, urlOfN8n);
	const refused = `✗ Expert can only call an https address that it can reach. This n8n would register ${urlOfN8n}/webhook/. Set WEBHOOK_URL`;
	expect(lines[3]).toContain(passes ?? refused);
});

it('the panel of the trigger says what the credential needs while none is chosen', async () => {
	expect(await beforePublishing(undefined)).toEqual([
		'Before you publish: the credential needs the token of an admin, and webhooks must be enabled for your site. n8n registers the webhook: there is no URL to copy.',
	]);
});

it('the panel of the trigger shows a name that contains HTML as text', async () => {
	const site = await openSite();
	const user = site.site.users.add('<img src=x>&amp;', 'Contributor');
	const longTermToken = site.tokens.issue(Object.assign(user, { groupRole: 'Admin' }));
	const [, token] = await beforePublishing({ ...credentialFor(site), longTermToken });
	expect(token).toBe('✓ Token: connected as &#60;img src=x&#62;&#38;amp;');
});

import type { IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { authenticatedRequest } from '../../../nodes/CxoneExpert/api/authenticated-request.ts';

const SITE = 'https://help.example.com';
const API = `${SITE}/@api/deki/pages/home/info`;

type Request = Partial<IHttpRequestOptions> & Record<string, unknown>;

function authenticated(request: Request, siteUrl: string | undefined = `${SITE}/Guides`) {
	const credential = { ...(siteUrl === undefined ? {} : { siteUrl }), longTermToken: 'the-token' };
	return authenticatedRequest(credential, request as IHttpRequestOptions, 0);
}

/** Message and description of what is thrown, as one text; empty when nothing is. */
function refusal(request: Request, siteUrl?: string): string {
	try {
		authenticated(request, siteUrl);
		return '';
	} catch (error) {
		const { message, description } = error as Error & { description?: string };
		return `${message}. ${description}`;
	}
}

describe('authenticatedRequest', () => {
	it.each([
		['sent by a node of this package', { url: API }],
		['sent by the HTTP Request node', { uri: API }],
		['with a base address', { url: '/@api/deki/pages', baseURL: SITE }],
		['with the default port', { url: `${SITE}:443/x` }],
		['in capitals', { url: 'HTTPS://HELP.EXAMPLE.COM/x' }],
	])('authenticatedRequest adds the token to a request to its own site, %s', (_case, request) => {
		const { headers } = authenticated({ ...request, headers: { Accept: 'text/html' } });
		expect(headers).toEqual({ Accept: 'text/html', Authorization: 'Bearer the-token' });
	});

	it.each([
		['another host', { url: 'https://evil.example/@api/deki/pages' }],
		['another host named in uri', { uri: 'https://evil.example' }],
		['another host in url when uri names the own site', { url: 'https://evil.example', uri: API }],
		['a subdomain', { url: 'https://cdn.help.example.com/x' }],
		['a host with the same beginning', { url: 'https://help.example.com.evil.example' }],
		['a host after a user name', { url: 'https://help.example.com@evil.example/' }],
		['a host before a backslash', { url: 'https://evil.example\\@help.example.com/' }],
		['another host without a scheme', { url: '//evil.example/x', baseURL: SITE }],
		['another base address', { url: '/@api/deki/pages', baseURL: 'https://evil.example' }],
		[
			'another base address that n8n joins with a malformed URL',
			{ url: `https:/help.example.com/x`, baseURL: 'http://evil.example' },
		],
		[
			'another base address that n8n joins with a URL without slashes',
			{ url: 'https:help.example.com/x', baseURL: 'http://evil.example' },
		],
		['the own site over http', { url: API.replace('https:', 'http:') }],
		['another port', { url: `${SITE}:8443/x` }],
		['a URL without a host', { url: 'pages/home' }],
		['an empty URL', {}],
	])('authenticatedRequest refuses to send to %s', (_case, request) => {
		expect(refusal(request)).toContain(
			`The CXone Expert API credential is only for ${SITE}. The request was not sent`,
		);
	});

	it.each([
		['no Site URL', '', 'is not a web address'],
		['a Site URL with http', 'http://help.example.com', 'begins with http instead of https'],
	])('authenticatedRequest refuses a credential with %s', (_case, siteUrl, says) => {
		expect(refusal({ url: `${siteUrl}/@api/deki/pages` }, siteUrl)).toContain(says);
	});

	it('authenticatedRequest allows http to a site on this machine', () => {
		expect(refusal({ url: 'http://127.0.0.1:4000/x' }, 'http://127.0.0.1:4000')).toBe('');
	});

	it('authenticatedRequest disables redirects, which would carry the token along', () => {
		const followed = { followRedirect: true, followAllRedirects: true, maxRedirects: 5 };
		expect(authenticated({ url: API, disableFollowRedirect: false, ...followed })).toMatchObject({
			...{ followRedirect: false, followAllRedirects: false, disableFollowRedirect: true },
		});
	});

	it('authenticatedRequest does not change the request of the caller, which the editor shows', () => {
		const request = { url: API, headers: { Accept: 'text/html' } };
		authenticated(request);
		expect(request).toEqual({ url: API, headers: { Accept: 'text/html' } });
	});

	it('authenticatedRequest refuses without alarming words and without the token', () => {
		const messages = [
			refusal({ url: 'https://evil.example' }),
			refusal({}, ''),
			refusal({}, 'http://a.b'),
		];
		for (const message of messages) {
			expect(message).not.toMatch(/^$|error|problem|failure|mistake|the-token/i);
		}
	});
});

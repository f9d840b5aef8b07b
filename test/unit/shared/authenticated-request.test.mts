import type { IHttpRequestOptions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { authenticatedRequest } from '../../../nodes/CxoneExpert/shared/authenticated-request.ts';

const SITE = 'https://help.example.com';
const API = `${SITE}/@api/deki/pages/home/info`;

type Request = Partial<IHttpRequestOptions> & Record<string, unknown>;

function authenticated(request: Request, siteUrl: string | undefined = `${SITE}/Guides`) {
	const credential = { ...(siteUrl === undefined ? {} : { siteUrl }), jwt: 'the-token' };
	return authenticatedRequest(credential, request as IHttpRequestOptions, 0);
}

/** What is thrown, in one text; empty when nothing is. */
function refusal(request: Request, siteUrl?: string): string {
	try {
		authenticated(request, siteUrl);
		return '';
	} catch (error) {
		const { message, description } = error as Error & { description?: string };
		return `${message}. ${description}`;
	}
}

describe('a request with the credential', () => {
	it.each([
		['of the nodes of the package', { url: API }],
		['of the HTTP Request node', { uri: API }],
		['with a base address', { url: '/@api/deki/pages', baseURL: SITE }],
		['with a port that goes without saying', { url: `${SITE}:443/x` }],
		['in capitals', { url: 'HTTPS://HELP.EXAMPLE.COM/x' }],
	])('carries the token to the own site: %s', (_case, request) => {
		const { headers } = authenticated({ ...request, headers: { Accept: 'text/html' } });
		expect(headers).toEqual({ Accept: 'text/html', Authorization: 'Bearer the-token' });
	});

	it.each([
		['another host', { url: 'https://evil.example/@api/deki/pages' }],
		['another host by the older name', { uri: 'https://evil.example' }],
		['the address that n8n takes of two', { url: 'https://evil.example', uri: API }],
		['a subdomain', { url: 'https://cdn.help.example.com/x' }],
		['a host that begins alike', { url: 'https://help.example.com.evil.example' }],
		['a host behind a name', { url: 'https://help.example.com@evil.example/' }],
		['a host behind a backslash', { url: 'https://evil.example\\@help.example.com/' }],
		['no scheme', { url: '//evil.example/x', baseURL: SITE }],
		['another base address', { url: '/@api/deki/pages', baseURL: 'https://evil.example' }],
		[
			'another base address, where n8n takes an address for a path',
			{ url: `https:/help.example.com/x`, baseURL: 'http://evil.example' },
		],
		[
			'another base address, by a scheme without slashes',
			{ url: 'https:help.example.com/x', baseURL: 'http://evil.example' },
		],
		['plain http', { url: API.replace('https:', 'http:') }],
		['another port', { url: `${SITE}:8443/x` }],
		['no address', { url: 'pages/home' }],
		['nothing', {}],
	])('is not sent to %s', (_case, request) => {
		expect(refusal(request)).toContain(
			`The CXone Expert API credential is only for ${SITE}. The request was not sent`,
		);
	});

	it.each([
		['no Site URL', '', 'is not a web address'],
		['a Site URL with http', 'http://help.example.com', 'begins with http instead of https'],
	])('is not sent with %s', (_case, siteUrl, says) => {
		expect(refusal({ url: `${siteUrl}/@api/deki/pages` }, siteUrl)).toContain(says);
	});

	it('is sent to a simulator on this machine', () => {
		expect(refusal({ url: 'http://127.0.0.1:4000/x' }, 'http://127.0.0.1:4000')).toBe('');
	});

	it('follows no redirect, whatever was chosen: n8n would send the token along', () => {
		const followed = { followRedirect: true, followAllRedirects: true, maxRedirects: 5 };
		expect(authenticated({ url: API, disableFollowRedirect: false, ...followed })).toMatchObject({
			...{ followRedirect: false, followAllRedirects: false, disableFollowRedirect: true },
		});
	});

	it('leaves the request of the caller as it is: n8n shows that in the editor', () => {
		const request = { url: API, headers: { Accept: 'text/html' } };
		authenticated(request);
		expect(request).toEqual({ url: API, headers: { Accept: 'text/html' } });
	});

	it('frightens nobody and shows no token', () => {
		const texts = [
			refusal({ url: 'https://evil.example' }),
			refusal({}, ''),
			refusal({}, 'http://a.b'),
		];
		for (const text of texts) {
			expect(text).not.toMatch(/^$|error|problem|failure|mistake|the-token/i);
		}
	});
});

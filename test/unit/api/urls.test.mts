import { describe, expect, it } from 'vitest';

import { encode, pageKey } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { isEncrypted, isLoopback, isPublicHost, siteOrigin } from '../../../nodes/CxoneExpert/api/site-url.ts';
import { isSameUrl, urlWithoutSecrets } from '../../../nodes/CxoneExpert/api/webhook-url.ts';

describe('siteOrigin', () => {
	it.each([
		['https://help.example.com', 'https://help.example.com'],
		['https://help.example.com/@api/deki', 'https://help.example.com'],
		['help.example.com', 'https://help.example.com'],
		['help.example.com:8443', 'https://help.example.com:8443'],
		['  HTTPS://Help.Example.COM \n', 'https://help.example.com'],
		['http://help.example.com', 'http://help.example.com'],
		['https://user:secret@help.example.com', 'https://help.example.com'],
		['https://größe.example', 'https://xn--gre-6ka8i.example'],
	])('siteOrigin of %j is %s', (typed, origin) => {
		expect(siteOrigin(typed)).toBe(origin);
	});

	it.each(['', 'not an address', 'https://', 'file:///etc/passwd', undefined, null])(
		'siteOrigin of %j is undefined',
		(typed) => {
			expect(siteOrigin(typed)).toBeUndefined();
		},
	);
});

it.each([
	['http://localhost:4000', true],
	['http://site.localhost', true],
	['http://127.0.0.1', true],
	['http://[::1]:5678', true],
	['https://help.example.com', false],
	['https://localhost.example.com', false],
	['https://notlocalhost', false],
	['https://127.0.0.1.example.com', false],
	['http://128.0.0.1', false],
	['', false],
])('isLoopback of %j is %s', (address, expected) => {
	expect(isLoopback(address)).toBe(expected);
});

it.each([
	['https://help.example.com', true],
	['http://help.example.com', false],
	['http://localhost:4000', true],
	['http://site.localhost', false],
	['https://site.localhost', true],
])('isEncrypted of %s is %s', (origin, expected) => {
	expect(isEncrypted(origin)).toBe(expected);
});

describe('isSameUrl', () => {
	const url = 'https://n8n.example.com/webhook/a/webhook';

	it.each([
		['white space around it', ` ${url}\n`, true],
		['the host in another case', 'https://N8N.Example.com/webhook/a/webhook', true],
		['a slash at the end', `${url}/`, true],
		['two slashes at the end', `${url}//`, false],
		['an empty query or anchor', `${url}?#`, true],
		['letters that are encoded without need', url.replace('webhook/a', 'web%68ook/%61'), true],
		['a character that cannot be decoded', url.replace('/a/', '/%/'), false],
		['another scheme', 'http://n8n.example.com/webhook/a/webhook', false],
		['the path in another case', 'https://n8n.example.com/webhook/A/webhook', false],
		['a query', `${url}?x=1`, false],
		['a path that leads there', url.replace('/a/', '/b/../a/'), false],
		['a backslash', url.replace('/a/', '\\a/'), false],
	])('isSameUrl with %s is $2', (_case, other, expected) => {
		expect(isSameUrl(other, url)).toBe(expected);
		expect(isSameUrl(url, other)).toBe(expected);
	});

	it.each([
		['an encoding in upper and lower case', 'a%c3%a4%2fb', 'a%C3%A4%2Fb'],
		['an encoded and an unencoded character', 'ä', '%C3%A4'],
	])('isSameUrl treats %s as the same', (_case, a, b) => {
		const withName = (name: string) => `https://n8n.example.com/webhook/${name}/webhook`;
		expect(isSameUrl(withName(a), withName(b))).toBe(true);
	});
});

it.each([
	['the webhook of a trigger', 'https://n8n.example.com/webhook/a/webhook', undefined],
	['a query', 'https://x.example/hook?token=s3cret&a=b', 'https://x.example/hook?…'],
	['a user and a password', 'https://jane:s3cret@x.example/hook', 'https://x.example/hook'],
	['no address', 's3cret', ''],
])('urlWithoutSecrets of %s shows nothing that could be a token', (_case, url, expected = url) => {
	expect(urlWithoutSecrets(url)).toBe(expected);
});

const HIGH_HALF = '\uD83D';
const LOW_HALF = '\uDE00';

it.each([`x${HIGH_HALF}y`, `x${LOW_HALF}y`])(
	'encode replaces half of a surrogate pair instead of throwing: %j',
	(text) => {
		expect(encode(text)).toBe('x%EF%BF%BDy');
	},
);

it.each([
	...['n8n.example.com', 'N8N.Example.com.', '203.0.113.7', '172.15.0.1', '172.32.0.1'],
	...['100.128.0.1', '192.169.0.1', '[2001:db8::1]', '10.example.com', 'localhost.example.com'],
	'xn--gre-hoa.example',
])('isPublicHost: %s can be reached from the internet', (host) => {
	expect(isPublicHost(new URL(`https://${host}`).hostname)).toBe(true);
});

it.each([
	...['localhost', 'n8n', 'n8n.localhost', 'n8n.local', 'n8n.internal', 'n8n.LAN'],
	...['n8n.home.arpa.', '127.0.0.1', '0.0.0.0', '10.1.2.3', '192.168.0.2', '172.16.0.1'],
	...['172.31.255.255', '169.254.1.1', '100.64.0.1', '2130706433'],
	...['[::1]', '[::]', '[fd00::1]', '[fe80::1]', '[::ffff:10.0.0.1]'],
])('isPublicHost: %s cannot be reached from the internet', (host) => {
	expect(isPublicHost(new URL(`https://${host}`).hostname)).toBe(false);
});

it.each([
	['', 'home'],
	['Guides/A & B', '=Guides%252FA%2520%2526%2520B'],
])('the page at the path "%s" has the key %s', (path, key) => {
	expect(pageKey(path)).toBe(key);
});

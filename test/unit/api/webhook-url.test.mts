import { describe, expect, it } from 'vitest';

import { isSameUrl, urlWithoutSecrets } from '../../../nodes/CxoneExpert/api/webhook-url.ts';

describe('isSameUrl', () => {
	const url = 'https://n8n.example.com/webhook/a/webhook';

	it.each([
		['the same text', url, true],
		['white space around it', ` ${url}\n`, true],
		['the host in another case', 'https://N8N.Example.com/webhook/a/webhook', true],
		['the usual port', 'https://n8n.example.com:443/webhook/a/webhook', true],
		['a slash at the end', `${url}/`, true],
		['two slashes at the end', `${url}//`, false],
		['an empty query or anchor', `${url}?#`, true],
		['letters that are encoded without need', url.replace('webhook/a', 'web%68ook/%61'), true],
		['a slash that is encoded', url.replace('/a/', '/a%2F'), false],
		['a character that cannot be decoded', url.replace('/a/', '/%/'), false],
		['another port', 'https://n8n.example.com:8443/webhook/a/webhook', false],
		['another host', 'https://n8n2.example.com/webhook/a/webhook', false],
		['another scheme', 'http://n8n.example.com/webhook/a/webhook', false],
		['the test address', 'https://n8n.example.com/webhook-test/a/webhook', false],
		['the path in another case', 'https://n8n.example.com/webhook/A/webhook', false],
		['only a beginning', 'https://n8n.example.com/webhook/a', false],
		['a query', `${url}?x=1`, false],
		['a path that leads there', url.replace('/a/', '/b/../a/'), false],
		['an encoded path that leads there', url.replace('/a/', '/b/%2e%2e/a/'), false],
		['a backslash', url.replace('/a/', '\\a/'), false],
		['an empty text', '', false],
	])('isSameUrl with %s is $2', (_case, other, expected) => {
		expect(isSameUrl(other, url)).toBe(expected);
		expect(isSameUrl(url, other)).toBe(expected);
	});

	it.each([
		['an encoding in upper and lower case', 'a%c3%a4%2fb', 'a%C3%A4%2Fb'],
		['characters that need no encoding', 'a%7Eb%20c', 'a~b c'],
		['an encoded and an unencoded character', 'ä', '%C3%A4'],
		['text that cannot be decoded', 'a%b', 'a%b'],
	])('isSameUrl treats %s as the same', (_case, a, b) => {
		const withName = (name: string) => `https://n8n.example.com/webhook/${name}/webhook`;
		expect(isSameUrl(withName(a), withName(b))).toBe(true);
	});
});

describe('urlWithoutSecrets', () => {
	it.each([
		['the webhook of a trigger', 'https://n8n.example.com/webhook/a/webhook', undefined],
		['a port', 'http://127.0.0.1:5678/webhook/a', undefined],
		['a query', 'https://x.example/hook?token=s3cret&a=b', 'https://x.example/hook?…'],
		['a user and a password', 'https://jane:s3cret@x.example/hook', 'https://x.example/hook'],
		['an anchor', 'https://x.example/hook#s3cret', 'https://x.example/hook'],
		['no address', 's3cret', ''],
	])(
		'urlWithoutSecrets of %s shows nothing that could be a token',
		(_case, url, expected = url) => {
			expect(urlWithoutSecrets(url)).toBe(expected);
		},
	);
});

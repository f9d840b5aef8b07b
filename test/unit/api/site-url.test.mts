import { describe, expect, it } from 'vitest';

import {
	isEncrypted,
	isLoopback,
	pageAddress,
	siteOrigin,
} from '../../../nodes/CxoneExpert/api/site-url.ts';

describe('siteOrigin', () => {
	it.each([
		['https://help.example.com', 'https://help.example.com'],
		['https://help.example.com/', 'https://help.example.com'],
		['https://help.example.com/@api/deki', 'https://help.example.com'],
		['https://help.example.com/@api/deki/', 'https://help.example.com'],
		['https://help.example.com/Guides/Page?x=1#y', 'https://help.example.com'],
		['help.example.com', 'https://help.example.com'],
		['help.example.com/Guides', 'https://help.example.com'],
		['help.example.com:8443', 'https://help.example.com:8443'],
		['  HTTPS://Help.Example.COM \n', 'https://help.example.com'],
		['https://help.example.com:443', 'https://help.example.com'],
		['http://127.0.0.1:4000/', 'http://127.0.0.1:4000'],
		['http://help.example.com', 'http://help.example.com'],
		['http://localhost:4000', 'http://localhost:4000'],
		['https://user:secret@help.example.com', 'https://help.example.com'],
		['https://größe.example', 'https://xn--gre-6ka8i.example'],
	])('siteOrigin of %j is %s', (typed, origin) => {
		expect(siteOrigin(typed)).toBe(origin);
	});

	it.each([
		'',
		'   ',
		'not an address',
		'https://',
		'ftp://help.example.com',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'https://help.example.com:99999',
		undefined,
		null,
	])('siteOrigin of %j is undefined', (typed) => {
		expect(siteOrigin(typed)).toBeUndefined();
	});
});

describe('isLoopback', () => {
	it.each([
		['http://localhost:4000', true],
		['http://LOCALHOST', true],
		['http://site.localhost', true],
		['http://127.0.0.1', true],
		['https://127.8.9.10:1', true],
		['http://[::1]:5678', true],
		['https://help.example.com', false],
		['https://localhost.example.com', false],
		['https://notlocalhost', false],
		['https://127.0.0.1.example.com', false],
		['http://10.0.0.1', false],
		['http://128.0.0.1', false],
		['not an address', false],
		['', false],
	])('isLoopback of %j is %s', (address, expected) => {
		expect(isLoopback(address)).toBe(expected);
	});
});

describe('isEncrypted', () => {
	it.each([
		['https://help.example.com', true],
		['http://help.example.com', false],
		['http://0.0.0.0:4000', false],
		['http://10.0.0.1', false],
		['http://localhost.example.com', false],
		['http://localhost:4000', true],
		['http://127.0.0.1:4000', true],
		['http://[::1]:4000', true],
	])('isEncrypted of %s is %s', (origin, expected) => {
		expect(isEncrypted(origin)).toBe(expected);
	});
});

describe('pageAddress', () => {
	it.each([
		['', 'https://help.example.com/'],
		['A/B', 'https://help.example.com/A/B'],
		['A B', 'https://help.example.com/A%20B'],
		['Größe/日本', 'https://help.example.com/Gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC'],
		['Why?', 'https://help.example.com/Why%3F'],
		['C#/F#', 'https://help.example.com/C%23/F%23'],
		['100%', 'https://help.example.com/100%25'],
	])('pageAddress of %j is %s', (path, address) => {
		expect(pageAddress('https://help.example.com', path)).toBe(address);
	});

	it('pageAddress decodes to the same path, without query and anchor', () => {
		const path = 'A & B/Why? #1 (100%)/größe';
		const url = new URL(pageAddress('https://help.example.com', path));
		expect(decodeURIComponent(url.pathname)).toBe(`/${path}`);
		expect([url.search, url.hash]).toEqual(['', '']);
	});
});

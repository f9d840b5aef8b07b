import { expect, it } from 'vitest';

import { otherSite } from '../../../../nodes/CxoneExpert/actions/input/other-site.ts';

const problem = (address: string, origin?: string) =>
	otherSite(new URL(address), origin, (own) => `Enter an address of ${own}.`);

it.each([
	['an address of the site', 'https://help.example.com/A', 'https://help.example.com'],
	['an address of the site with http', 'http://help.example.com/A', 'https://help.example.com'],
	['a host in capitals', 'https://HELP.Example.com/A', 'https://help.example.com'],
	['a port that is usual', 'https://help.example.com:443/A', 'https://help.example.com'],
	['an address of a site with a port', 'http://localhost:8443/A', 'http://localhost:8443'],
	['any address when the site is unknown', 'https://other.example.com/A', undefined],
])('otherSite has no message for %s', (_case, address, origin) => {
	expect(problem(address, origin)).toBeUndefined();
});

it.each([
	['another host', 'https://other.example.com/A', 'other.example.com'],
	['a host that ends alike', 'https://nothelp.example.com/A', 'nothelp.example.com'],
	['another port', 'https://help.example.com:8443/A', 'help.example.com:8443'],
])('otherSite names %s, and says what to enter instead', (_case, address, host) => {
	expect(problem(address, 'https://help.example.com')).toEqual({
		message: `This address belongs to another site: ${host}`,
		description: 'Enter an address of https://help.example.com.',
	});
});

it('otherSite shows nothing of an address but its host: the rest may hold a secret', () => {
	const { message } = problem(
		'https://me:secret@other.example.com/A?token=x',
		'https://a.example',
	)!;
	expect(message).toBe('This address belongs to another site: other.example.com');
});

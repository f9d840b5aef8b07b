import { expect, it } from 'vitest';

import { isPublicHost } from '../../../../nodes/CxoneExpert/actions/webhook/public-address.ts';

const hostOf = (url: string) => new URL(url).hostname;

it.each([
	'https://n8n.example.com',
	'https://N8N.Example.com.',
	'https://203.0.113.7',
	'https://172.15.0.1',
	'https://172.32.0.1',
	'https://100.128.0.1',
	'https://192.169.0.1',
	'https://[2001:db8::1]',
	'https://10.example.com',
	'https://localhost.example.com',
	'https://xn--gre-hoa.example',
])('isPublicHost: %s can be reached from the internet', (url) => {
	expect(isPublicHost(hostOf(url))).toBe(true);
});

it.each([
	'https://localhost',
	'https://n8n',
	'https://n8n.localhost',
	'https://n8n.local',
	'https://n8n.internal',
	'https://n8n.LAN',
	'https://n8n.home.arpa.',
	'https://127.0.0.1',
	'https://0.0.0.0',
	'https://10.1.2.3',
	'https://192.168.0.2',
	'https://172.16.0.1',
	'https://172.31.255.255',
	'https://169.254.1.1',
	'https://100.64.0.1',
	'https://2130706433',
	'https://[::1]',
	'https://[::]',
	'https://[fd00::1]',
	'https://[fe80::1]',
	'https://[::ffff:10.0.0.1]',
])('isPublicHost: %s cannot be reached from the internet', (url) => {
	expect(isPublicHost(hostOf(url))).toBe(false);
});

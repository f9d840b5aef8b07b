import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linksToOtherSites, whyDead } from '../../support/unit/web-links.mts';

/* `node test/links/main.mts` asks the sites. Here one of our own responds in their place. */

const patience = { timeoutMs: 500, pauseMs: 1 };

describe('links to other sites', () => {
	let server: http.Server;
	let url: string;
	let asked = 0;
	beforeAll(async () => {
		server = http.createServer((request, response) => {
			asked++;
			const path = request.url!.slice(1);
			if (path === 'nothing') return;
			if (path === 'once' && asked === 1) response.destroy();
			else if (path === 'moved') response.writeHead(301, { Location: '/404' }).end();
			else response.writeHead(Number(path) || 404).end('a page');
		});
		await once(server.listen(0, '127.0.0.1'), 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => {
		server.close();
		server.closeAllConnections();
	});

	it.each(['404', '410', 'moved', 'nothing'])('a link to %s leads nowhere', async (path) => {
		expect(await whyDead(`${url}/${path}`, patience)).toContain(`${url}/${path}: `);
	});

	it.each(['200', '403', '429', '503'])('a link to %s leads somewhere', async (path) => {
		expect(await whyDead(`${url}/${path}`, patience)).toBeUndefined();
	});

	it('a link whose host is not there leads nowhere', async () => {
		// A port that no system gives away, and no service uses.
		const nowhere = 'http://127.0.0.1:1';
		expect(await whyDead(nowhere, patience)).toBe(`${nowhere}: ECONNREFUSED`);
	});

	it('a broken connection is tried again', async () => {
		asked = 0;
		expect(await whyDead(`${url}/once`, patience)).toBe(`${url}/once: 404`);
	});

	it('links are found with their documents, without examples and our own addresses', () => {
		const links = linksToOtherSites();
		expect(links.get('https://n8n.io')).toEqual(['README.md']);
		const others = [...links.keys()].filter((link) => /example\.|n8n-nodes-cxone/.test(link));
		expect(others).toEqual([]);
	});
});

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import express from 'express';
import { identityOf, readManifest, siteOf } from '../../../scripts/repository/identity.mts';
import { type LocalServer, listenLocally } from '../local-server.mts';
import { projectRoot } from '../n8n/runtime.mts';

/** Builds the docs site, and serves it as GitHub Pages does. Its `url` is that of the first page. */
export async function serveDocsSite(): Promise<LocalServer> {
	const folder = join(projectRoot, 'site');
	const npm = async (...words: string[]) => await execa('npm', ['--prefix', folder, ...words]);
	if (!existsSync(join(folder, 'node_modules'))) await npm('ci');
	await npm('run', 'build');
	const base = new URL(siteOf(identityOf(readManifest(projectRoot)))).pathname;
	const app = express().use(base, express.static(join(folder, '.vitepress/dist'), { extensions: ['html'] }));
	const server = await listenLocally(createServer(app));
	return { ...server, url: `${server.url}${base}` };
}

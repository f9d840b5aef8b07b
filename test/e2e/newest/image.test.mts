import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ensureN8n } from '../../support/n8n/install.mts';
import { newestN8n, nodeBinary } from '../../support/n8n/runtime.mts';
import { event } from '../../support/e2e/published-trigger.mts';
import { Scene } from '../../support/e2e/scene.mts';
import { waitUntil } from '../../support/wait.mts';
import { folderOfImage } from '../../support/versions/image.mts';

/* How `test/versions` runs the n8n of a container image, with all but Docker itself. */

const image = `n8nio/n8n:${newestN8n}`;
const standIn = fileURLToPath(
	new URL('../../support/versions/stand-in-docker.mjs', import.meta.url),
);
let folder: string;
let names: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'cxone-expert-docker-'));
	names = join(folder, 'names');
	await mkdir(names);
	const command = [nodeBinary(), standIn, await ensureN8n(), names].map((each) => `'${each}'`);
	const docker = `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`;
	await writeFile(join(folder, 'docker'), docker, { mode: 0o755 });
	vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter));
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await rm(folder, { recursive: true, force: true });
});

it('the n8n of an image takes deliveries, also after a kill, and leaves no container', async () => {
	const { folder, version } = await folderOfImage(image);
	expect(version).toBe(newestN8n);
	vi.stubEnv('CXONE_N8N_DIR', folder);
	const scene = await Scene.open();
	try {
		expect(await readdir(names)).toHaveLength(1);
		const workflow = await scene.published({ events: ['page_create'] });
		const delivery = { body: event(), deliveryId: randomUUID() as string };
		expect((await workflow.deliver(delivery)).status).toBe(200);
		await workflow.recorded();
		await scene.n8n.restart({ kill: true });
		await workflow.routed();
		// The copy runs nothing: the new container has the data of the one before.
		expect((await workflow.deliver(delivery)).status).toBe(200);
		expect(await workflow.executions(1)).toHaveLength(1);
	} finally {
		await scene.close();
	}
	await waitUntil('the container is removed', async () => (await readdir(names)).length === 0);
});

it('an image that is not to be had is named, with what Docker says', async () => {
	await expect(folderOfImage('n8nio/n8n:none')).rejects.toThrow(
		/"docker run .* n8nio\/n8n:none --version" gave no version of n8n.*manifest for n8nio\/n8n:none not found/s,
	);
});

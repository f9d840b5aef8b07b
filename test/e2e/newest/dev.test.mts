import {
	cp,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	symlink,
	writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesIn } from '../../support/programs.mts';
import { send } from '../../support/http.mts';
import { N8nClient } from '../../support/n8n/client.mts';
import { ensureN8n } from '../../support/n8n/install.mts';
import { hasEnded } from '../../support/n8n/process.mts';
import { cacheFolder, n8nVersion, projectRoot, searchPath } from '../../support/n8n/runtime.mts';
import { waitUntil } from '../../support/wait.mts';

/** It builds, and n8n makes its database. */
const START_TIMEOUT_MS = 400_000;

describe('npm run dev', () => {
	let checkout: string;
	let dev: ReturnType<typeof startDev>;
	let output = '';
	let n8n: N8nClient;

	beforeAll(async () => {
		checkout = await copyOfCheckout();
		dev = startDev(checkout);
		for (const stream of [dev.stdout, dev.stderr]) {
			stream.on('data', (data: Buffer) => (output += data.toString()));
		}
		await prints(/Ctrl-C ends everything/, START_TIMEOUT_MS);
		n8n = new N8nClient(new URL(addressOf('n8n')).origin);
		await n8n.login();
	});
	afterAll(async () => {
		if (!hasEnded(dev)) press('SIGTERM');
		await dev;
		await rm(checkout, { recursive: true, force: true });
	});

	async function prints(pattern: RegExp, timeoutMs?: number) {
		const isPrinted = () => {
			if (hasEnded(dev)) throw new Error(`npm run dev has ended:\n${output}`);
			return pattern.test(output);
		};
		await waitUntil(`npm run dev prints ${String(pattern)}`, isPrinted, { timeoutMs });
	}

	/** As a terminal does: npm and what it runs are told; n8n has a group of its own. */
	function press(signal: 'SIGINT' | 'SIGTERM') {
		process.kill(-dev.pid!, signal);
	}

	function addressOf(label: string): string {
		const [, address = ''] = new RegExp(`Ready:[^]*?${label} +(http\\S+)`).exec(output) ?? [];
		return address;
	}

	/** As editors save: the file is replaced by another one. */
	async function change(file: string, from: string, to: string) {
		const path = join(checkout, file);
		const text = await readFile(path, 'utf8');
		expect(text).toContain(from);
		await writeFile(`${path}.saving`, text.replace(from, to));
		await rename(`${path}.saving`, path);
	}

	/** Asked of the loaded nodes: the file for the editor is written a moment later. */
	async function description(): Promise<string> {
		const node = { name: 'n8n-nodes-cxone-expert.cxoneExpertTrigger', version: 1 };
		return JSON.stringify(await n8n.rest('POST', '/node-types', { nodeInfos: [node] }));
	}

	/** While n8n loads the nodes, it does not know them. */
	async function expectKnown(text: string) {
		const isKnown = async () => {
			const known = await description().catch(() => '');
			return known.includes(text);
		};
		await waitUntil(`n8n knows ${text}`, isKnown).catch((cause: unknown) => {
			throw new Error(`n8n does not know ${text}; npm run dev has printed:\n${output}`, { cause });
		});
	}

	const events = 'nodes/CxoneExpert/api/event-types.ts';

	it('npm run dev has published a workflow, and shows what a change at the site becomes', async () => {
		const site = addressOf('Expert site');
		const fields = { action: 'create', title: 'By hand' };
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
		const form = { method: 'POST', headers, body: new URLSearchParams(fields).toString() } as const;
		expect((await send(`${site}dashboard/action`, form)).status).toBe(303);
		await prints(/item +page\w+ · first publication · page \d+ By_hand/);
	});

	it('npm run dev has n8n take each change of the source', async () => {
		expect(await description()).not.toContain('Page Newly Made');
		await change(events, "'Page Created (or New Draft)'", "'Page Newly Made'");
		await expectKnown('Page Newly Made');
		await change(events, "'Page Newly Made'", "'Page Made Twice'");
		await expectKnown('Page Made Twice');
	});

	it('npm run dev shows what is wrong with the source, and n8n keeps what it has', async () => {
		await change(events, "'Page Made Twice'", "'Page Made");
		await prints(/Unterminated string literal[^]*n8n keeps what it has/);
		await expectKnown('Page Made Twice');
		await change(events, "'Page Made", "'Page Mended'");
		await expectKnown('Page Mended');
	});

	it('npm run dev leaves nothing behind after Ctrl-C', async () => {
		const addresses = [addressOf('Expert site'), addressOf('n8n')];
		press('SIGINT');
		await dev;
		expect(output).toContain('nothing is left running');
		const isGone = { code: 'ECONNREFUSED' };
		for (const address of addresses) await expect(send(address)).rejects.toMatchObject(isGone);
		await expect.poll(async () => await processesIn(checkout)).toEqual([]);
		expect(await readdir(join(checkout, '.cache/dev'))).toEqual([]);
	});
});

/** What `npm run dev` needs of this checkout, in a folder where it may be changed. */
async function copyOfCheckout(): Promise<string> {
	const checkout = await mkdtemp(join(tmpdir(), 'cxone-expert-dev-'));
	const parts = ['nodes', 'credentials', 'scripts', 'test/support', 'test/dev', 'index.js'];
	for (const part of [...parts, 'package.json']) {
		await cp(join(projectRoot, part), join(checkout, part), { recursive: true });
	}
	await symlink(join(projectRoot, 'node_modules'), join(checkout, 'node_modules'));
	const n8n = await ensureN8n();
	const compiled = join(cacheFolder, 'compiled');
	await mkdir(compiled, { recursive: true });
	await mkdir(join(checkout, '.cache'));
	await symlink(n8n, join(checkout, '.cache', `n8n-${n8nVersion}`));
	await symlink(compiled, join(checkout, '.cache/compiled'));
	return checkout;
}

function startDev(checkout: string) {
	const env = { PATH: searchPath() };
	return execa('npm', ['run', 'dev'], { cwd: checkout, env, detached: true, reject: false });
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { bundling } from '../../scripts/build/bundling.mts';
import { n8nWorkflow } from '../support/integration/n8n.mts';
import { clock, type Time } from './clock.mts';

/*
 * A process of n8n with its own memory. The built package is one file, so a process evaluates that file: it needs
 * nothing of the outside but `require` and the clock.
 */

type Trigger = import('../../nodes/CxoneExpert/CxoneExpertTrigger.node.ts').CxoneExpertTrigger;
type Polling = import('../../nodes/CxoneExpert/CxoneExpertPollingTrigger.node.ts').CxoneExpertPollingTrigger;
type Credential = import('../../credentials/CxoneExpertApi.credentials.ts').CxoneExpertApi;

export interface Classes {
	CxoneExpertTrigger: new () => Trigger;
	CxoneExpertPollingTrigger: new () => Polling;
	CxoneExpertApi: new () => Credential;
}

/** Evaluates the package once more. */
export type Package = (parts: Pick<Process, 'sleep' | 'performance'>) => Classes;

/** @param path the file that `npm run build` makes, of any version */
export function packageAt(path: string, text = readFileSync(path, 'utf8')): Package {
	const requireOfPackage = createRequire(path);
	const names = 'exports, require, module, __filename, __dirname, performance';
	const script = new vm.Script(`(function (${names}) {${text}\n})`, { filename: path });
	const evaluate = script.runInThisContext() as (...given: unknown[]) => void;
	return ({ sleep, performance }) => {
		const own: unknown = Object.create(n8nWorkflow, { sleep: { value: sleep } });
		const require = (name: string): unknown => (name === 'n8n-workflow' ? own : requireOfPackage(name));
		const module = { exports: {} };
		evaluate(module.exports, require, module, path, '', performance);
		return module.exports as Classes;
	};
}

/** Deliveries that the small package remembers. */
const SMALL_MEMORY = 30;

const smallMemory: Plugin = {
	name: 'small-memory',
	setup({ onLoad }) {
		const contents = `export const MAX_DELIVERIES = ${SMALL_MEMORY}, MAX_KNOWN_CHANGES = 100_000, MAX_STORED_CHANGES = 10_000, MAX_EXCESS_ROWS = 3;`;
		onLoad({ filter: /ledger[\\/]bounds\.ts$/ }, () => ({ contents, loader: 'ts' }));
	},
};

/** The source with a memory that a world can fill. To be built before time is virtual. */
export async function smallPackage(): Promise<Package> {
	return await packageOfSource([smallMemory]);
}

/** The package as `npm run build` would make it now. */
export async function packageOfSource(more: Plugin[] = []): Promise<Package> {
	const plugins = [...bundling.plugins, ...more];
	const { outputFiles } = await build({ ...bundling, plugins, outdir: 'dist', write: false });
	const { path, text } = outputFiles.find((file) => file.path.endsWith('/index.js'))!;
	return packageAt(path, text);
}

export type ProcessKind = 'main' | 'webhook' | 'worker';

/** Whatever is under way in a process when it is killed never goes on. */
export class Process {
	isAlive = true;
	readonly kind: ProcessKind;
	readonly time: Time;
	readonly performance: { now: () => number; timeOrigin: number };
	trigger!: Trigger;
	polling!: Polling;
	credential!: Credential;
	/** End what published workflows have in memory, by workflow. */
	readonly ends = new Map<object, () => void>();
	private readonly load: Package;
	private readonly death = Promise.withResolvers<undefined>();

	constructor(kind: ProcessKind, load: Package, time: Time = clock) {
		this.kind = kind;
		this.load = load;
		this.time = time;
		const { now: timeOrigin } = time;
		this.performance = { now: () => time.now - timeOrigin, timeOrigin };
		this.update(load);
	}

	/** n8n loads another version of the package: new memory, while old timers and callbacks go on. */
	update(load: Package = this.load): void {
		const classes = load(this);
		this.trigger = new classes.CxoneExpertTrigger();
		this.polling = new classes.CxoneExpertPollingTrigger();
		this.credential = new classes.CxoneExpertApi();
	}

	/** What a workflow has in memory, or all of them. */
	end(workflow?: object): void {
		for (const [key, end] of this.ends) {
			if (workflow !== undefined && key !== workflow) continue;
			this.ends.delete(key);
			end();
		}
	}

	kill(): void {
		this.isAlive = false;
		this.death.resolve(undefined);
	}

	/** The connection breaks when the process is killed. */
	async untilKilled<T>(work: Promise<T>): Promise<T | undefined> {
		return await Promise.race([work, this.death.promise]);
	}

	readonly sleep = async (ms: number): Promise<void> => {
		await new Promise<void>((resolve) => this.time.after(ms, () => this.isAlive && resolve()));
	};

	/** What leaves the process: a dead one gets no result. */
	async outside<T>(work: Promise<T>): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			work.then(
				(value) => this.isAlive && resolve(value),
				(error: unknown) => this.isAlive && reject(error as Error),
			);
		});
	}
}

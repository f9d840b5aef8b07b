import { n8nVersion } from '../../support/n8n/runtime.mts';
import { activation } from './activation.mts';
import { type Figures, figuresOf } from './figures.mts';
import { respondedInTime, type Flood, floodsOf } from './in-time.mts';
import { profile } from './profile.mts';
import { proveByHand } from './proof.mts';
import { costOfMemory } from './remembered.mts';
import { compare, warmUp } from './rounds.mts';
import { type Setting, settingNamed, settings, withEnvOf } from './settings.mts';
import { Stage } from './stage.mts';
import { type SubjectName, subjectNames } from './workflows.mts';

export const topics = [
	'engines',
	'in-time',
	'remembered',
	'activation',
	'settings',
	'profile',
] as const;
export type Topic = (typeof topics)[number];

export interface N8nBenchOptions {
	/** Length of one round. */
	seconds: number;
	rounds: number;
	/** Names of settings that are measured in full: the two expression engines, or others. */
	engines: string[];
	concurrency: number[];
	/** What has to get its response in time. */
	floods: Flood[];
	/** Which of the workflows are flooded. */
	flooded: SubjectName[];
	topics: Topic[];
	/** Only settings of n8n whose name has this in it. */
	only: string;
	/** Called for each piece of the result as soon as it is there. */
	tell: (topic: Topic, rows: object[]) => void;
}

export const defaults: Omit<N8nBenchOptions, 'tell'> = {
	seconds: 5,
	rounds: 3,
	engines: ['vm', 'legacy'],
	concurrency: [1, 10, 20, 50],
	floods: floodsOf('25x25,200x20,500x50,1000x100'),
	flooded: ['Webhook node', 'by hand', 'saved', 'several when busy', 'immediately'],
	topics: [...topics],
	only: '',
};

/** At how many concurrent deliveries what an operator can change is compared. */
const SETTINGS_CONCURRENCY = 20;
const REMEMBERED = [0, 1_000, 10_000, 100_000];

/** Everything that is measured through a real n8n; returns what `tell` was told. */
export async function benchN8n(options: N8nBenchOptions): Promise<Record<string, unknown>> {
	const told: Partial<Record<Topic, object[]>> = {};
	const tell = (topic: Topic, rows: object[]) => {
		(told[topic] ??= []).push(...rows);
		options.tell(topic, rows);
	};
	const all = { ...options, tell };
	for (const name of options.engines) await benchEngine(name, all);
	if (options.topics.includes('settings')) {
		const chosen = settings.filter(({ name }) => name.includes(options.only));
		for (const setting of chosen) await benchSetting(setting, all);
	}
	if (options.topics.includes('profile')) {
		for (const name of options.engines) {
			const rows = await profile(settingNamed(name), options.seconds);
			tell('profile', withColumn('engine', name, rows));
		}
	}
	const { seconds, rounds } = options;
	const versions = { n8n: n8nVersion, node: process.version };
	return { date: new Date().toISOString(), ...versions, seconds, rounds, ...told };
}

/** All that is asked with one expression engine (or another setting), in one n8n. */
async function benchEngine(name: string, options: N8nBenchOptions): Promise<void> {
	const { concurrency, tell, floods, flooded } = options;
	const asks = (topic: Topic) => options.topics.includes(topic);
	if (!(['engines', 'in-time', 'remembered', 'activation'] as const).some(asks)) return;
	await onStage(settingNamed(name), async (stage) => {
		for (const concurrent of asks('engines') ? concurrency : []) {
			tell('engines', withColumn('engine', name, await compared(stage, concurrent, options)));
		}
		for (const flood of asks('in-time') ? floods : []) {
			const rows = await respondedInTime(stage, await stage.publishAll(), flood, flooded);
			tell('in-time', withColumn('engine', name, rows));
		}
		if (asks('remembered')) {
			const rows = await costOfMemory(stage, { ...options, counts: REMEMBERED });
			tell('remembered', withColumn('engine', name, rows));
		}
		if (asks('activation')) {
			tell('activation', withColumn('engine', name, await activation(stage)));
		}
	});
}

async function benchSetting(setting: Setting, options: N8nBenchOptions): Promise<void> {
	await onStage(setting, async (stage) => {
		const rows = await compared(stage, SETTINGS_CONCURRENCY, options);
		options.tell('settings', withColumn('setting', setting.name, rows));
	});
}

/** A fresh n8n, warm, in which the workflow drawn by hand was seen to work. */
async function onStage(setting: Setting, act: (stage: Stage) => Promise<void>) {
	await withEnvOf(setting, async (env) => await onWarmStage(setting.name, env, act));
}

async function onWarmStage(
	name: string,
	env: Record<string, string>,
	act: (stage: Stage) => Promise<void>,
) {
	const stage = await Stage.open(env);
	try {
		const subjects = await stage.publishAll();
		const keepsNothing = env.EXECUTIONS_DATA_SAVE_ON_SUCCESS === 'none';
		if (!keepsNothing) await proveByHand(stage, subjects['by hand']);
		await warmUp(stage, Object.values(subjects), 1);
		await act(stage);
	} catch (error) {
		const tail = stage.scene.n8n.log.trim().split('\n').slice(-25).join('\n');
		throw new Error(`n8n with ${name}. The end of its log:\n${tail}`, { cause: error });
	} finally {
		await stage.close();
	}
}

async function compared(
	stage: Stage,
	concurrency: number,
	{ seconds, rounds }: Pick<N8nBenchOptions, 'seconds' | 'rounds'>,
): Promise<Array<Figures & { concurrency: number }>> {
	const subjects = await stage.publishAll();
	const figures = figuresOf(await compare(stage, subjects, { concurrency, seconds }, rounds));
	return subjectNames.map((workflow) => ({ concurrency, workflow, ...figures[workflow] }));
}

function withColumn<Row extends object>(name: string, value: string, rows: Row[]): object[] {
	return rows.map((row) => ({ [name]: value, ...row }));
}

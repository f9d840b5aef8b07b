import type { WorkflowActivateMode } from 'n8n-workflow';
import { Chance, clock } from './clock.mts';
import { type Hook, Loaded, type RegisterCron, type Shared } from './contexts.mts';
import { Database, type Execution, type Row } from './database.mts';
import { Executions } from './executions.mts';
import { type Package, Process, type ProcessKind } from './process.mts';
import { type BodyOnItsWay, Requests } from './requests.mts';
import type { Sent } from './site.mts';

/* n8n: its processes, and how it publishes, ends and begins again, with what facts are known of 2.41. */

interface Options {
	package: Package;
	isQueue: boolean;
	/** Executions that run at a time, in each process. */
	concurrency: number;
	restMs: number;
	writesStaticData: boolean;
	chance: Chance;
	call: NonNullable<Shared['call']>;
	onPassed: (execution: Execution) => void;
	/** Of a failed execution by which a trigger tells people something. */
	onAlert: (text: string) => void;
	note: (line: string) => void;
}

/** n8n's deadline for activating a workflow. */
const ACTIVATION_MS = 84_000;
const ACTIVATION_TRIES = 5;
/** How long an orderly stop waits for executions. */
const STOP_MS = 30_000;
/** For so long the key of a leader is valid that does not renew it. */
const LEADER_KEY_MS = 10_000;
/** Between two looks of a main process at that key. */
const LEADER_LOOK_MS = 3000;

export class N8n {
	readonly database = new Database();
	readonly executions: Executions;
	/** Requests that the trigger has refused, forged ones included. */
	refused = 0;
	processes: Process[] = [];
	/** Of several main processes, this one publishes, checks and polls. */
	private leader: Process | undefined;
	/** What is being activated. */
	private readonly activating = new Set<Row>();
	readonly isQueue: boolean;
	/** The package was updated since n8n was started: the node says that n8n must be restarted. */
	isUpdated = false;
	/** It takes no request any more. */
	private isStopping = false;
	private package: Package;
	private readonly shared: Shared;
	private readonly requests: Requests;
	private readonly options: Options;

	constructor(options: Options) {
		const { isQueue, note, call } = options;
		this.options = options;
		this.isQueue = isQueue;
		this.package = options.package;
		this.shared = { database: this.database, urlOfN8n: 'https://n8n.example', call };
		const runners = () => this.alive(isQueue ? 'worker' : 'main');
		this.executions = new Executions({ ...options, shared: this.shared, runners });
		const waitsForPlace = !isQueue;
		this.requests = new Requests({
			...{ shared: this.shared, executions: this.executions, waitsForPlace, note },
		});
	}

	get isUp(): boolean {
		return this.main !== undefined && !this.isStopping;
	}

	private get main(): Process | undefined {
		return this.leader?.isAlive ? this.leader : undefined;
	}

	private alive(kind: ProcessKind): Process[] {
		return this.processes.filter((each) => each.isAlive && each.kind === kind);
	}

	start(): void {
		this.isStopping = this.isUpdated = false;
		const kinds: ProcessKind[] = this.isQueue ? ['main', 'webhook', 'webhook', 'worker', 'worker'] : ['main'];
		this.processes = kinds.map((kind) => new Process(kind, this.package));
		this.executions.resume();
		this.lead(this.processes[0]!, 'init');
	}

	/** Routes are rows; what is in memory of a main process begins again. */
	private lead(process: Process, mode: WorkflowActivateMode): void {
		this.leader = process;
		for (const row of this.database.rows) {
			if (!row.isPublished || row.isDisabled) continue;
			if (row.isPending) void this.publish(row, 'update');
			else if (row.failure === undefined) void this.activate(row, mode);
		}
	}

	/** Whatever is under way never goes on. */
	kill(): void {
		for (const each of this.processes) each.kill();
	}

	/** In order: no more requests, and executions may end. */
	async stop(): Promise<void> {
		this.isStopping = true;
		for (const row of this.database.rows) this.end(row);
		const ended = this.executions.underWay.map(({ ended: { promise } }) => promise);
		await Promise.race([Promise.all(ended), clock.sleep(STOP_MS)]);
		this.kill();
	}

	/** One process of several is killed, and another takes its place. */
	async replaceOne(chance: Chance): Promise<void> {
		const old = chance.pick(this.processes);
		old.kill();
		await clock.sleep(2000);
		const other = new Process(old.kind, this.package);
		const [follower] = this.alive('main');
		this.processes = [...this.processes.filter((each) => each !== old), other];
		this.executions.resume();
		if (old !== this.leader) return;
		if (follower === undefined) this.lead(other, 'init');
		else this.lead(follower, 'leadershipChange');
	}

	/**
	 * Another main process takes over: the leader is killed, or does not renew its key in time and steps down when it
	 * next looks. Until then both of them check and poll. Not while n8n publishes, whose lock nothing here has.
	 */
	async changeLeader(chance: Chance): Promise<void> {
		while (this.activating.size > 0) await clock.sleep(1000);
		const old = this.main;
		if (old === undefined) return;
		const next = this.alive('main').find((each) => each !== old) ?? new Process('main', this.package);
		if (chance.is(0.5)) {
			old.kill();
			await clock.sleep(chance.int(LEADER_KEY_MS + LEADER_LOOK_MS));
			this.executions.resume();
		}
		const others = this.processes.filter((each) => each.isAlive && each !== next);
		this.processes = [...others, next];
		this.lead(next, 'leadershipChange');
		await clock.sleep(chance.int(LEADER_LOOK_MS));
		// Its webhook stays.
		if (old.isAlive) old.end();
	}

	/** Settings > Community nodes > Update: in each process, without activating again. */
	update(given = this.package): void {
		this.package = given;
		this.isUpdated = true;
		for (const each of this.processes) each.update(given);
	}

	/** As a person publishes: five tries, and `delete` after each that failed. */
	async publish(row: Row, mode: WorkflowActivateMode = 'activate'): Promise<void> {
		row.isPublished = true;
		row.publishedAt.push(clock.now);
		for (let left = ACTIVATION_TRIES - 1, pause = 1000; ; left--, pause *= 2) {
			row.isPending = true;
			await this.activate(row, mode);
			if (row.isPending || row.failure === undefined || left === 0 || !row.isPublished) return;
			if (row.role === 'delivered') await this.deleteHook(row);
			await clock.sleep(pause);
		}
	}

	async unpublish(row: Row): Promise<void> {
		row.isPublished = false;
		await this.takeDown(row);
	}

	/** Another version is published, in which the node differs: n8n takes the old one down first. */
	async publishVersion(row: Row, change: () => void): Promise<void> {
		if (!row.isDisabled) await this.takeDown(row);
		change();
		if (!row.isDisabled) await this.publish(row, 'update');
	}

	private async takeDown(row: Row): Promise<void> {
		row.isRouted = false;
		row.takenDownAt.push(clock.now);
		this.end(row);
		if (row.role === 'delivered') await this.deleteHook(row);
	}

	/** Three tries; then n8n makes a warning of it. */
	private async deleteHook(row: Row): Promise<void> {
		for (let left = 2; left >= 0; left--) {
			const isDone = await this.hook(row, 'delete', 'update').then(
				() => true,
				(error: Error) => this.options.note(`delete failed: ${error.message}`),
			);
			if (isDone === true) return;
			await clock.sleep(1000);
		}
	}

	private async activate(row: Row, mode: WorkflowActivateMode): Promise<void> {
		const process = this.main;
		if (process === undefined) return;
		process.end(row);
		this.activating.add(row);
		const work = row.role === 'polled' ? this.beginPolls(row, process, mode) : this.beginWatch(row, process, mode);
		const failure = await Promise.race([
			work.then(
				() => undefined,
				(error: Error) => error.message,
			),
			clock.sleep(ACTIVATION_MS).then(() => 'n8n has waited for 84 s'),
			process.untilKilled(new Promise<undefined>(() => {})),
		]);
		this.activating.delete(row);
		// What it was doing when it was killed, it does when it starts.
		if (!process.isAlive) return;
		row.isPending = false;
		row.failure = failure === undefined ? undefined : { text: failure, isOfStart: isOfStart(mode) };
		if (failure === undefined) return void row.activatedAt.push(clock.now);
		process.end(row);
		this.options.note(`${row.role} is not activated: ${failure}`);
	}

	private end(row: Row): void {
		for (const each of this.processes) each.end(row);
	}

	private async beginWatch(row: Row, process: Process, mode: WorkflowActivateMode) {
		row.isRouted = true;
		if (!(await this.hook(row, 'checkExists', mode))) await this.hook(row, 'create', mode);
		const loaded = new Loaded(this.shared, row, process);
		const cron = new Cron(process);
		const context = loaded.triggerContext(mode, {
			emit: async (data, key) => await this.executions.emit(loaded, data, key),
			alert: (error) => this.options.onAlert(error.message),
			registerCron: cron.registerCron,
		});
		const { closeFunction } = await process.trigger.trigger.call(context);
		process.ends.set(row, () => {
			cron.end();
			void closeFunction?.();
		});
	}

	private async beginPolls(row: Row, process: Process, mode: WorkflowActivateMode): Promise<void> {
		const loaded = new Loaded(this.shared, row, process);
		const cron = new Cron(process);
		const context = loaded.pollContext(mode, cron.registerCron);
		process.ends.set(row, () => cron.end());
		const stored = () => JSON.stringify(context.getWorkflowStaticData('node'));
		const poll = async () => {
			// The code of now, on the context of then.
			const before = stored();
			const items = await process.polling.poll.call(context);
			// One that has been to its end stores how far it has got. Others need not throw.
			if (stored() !== before) row.polledAt.push(clock.now);
			if (items !== null) {
				void this.executions.emit(loaded, items).catch(() => row.unsavedAt.push(clock.now));
			}
		};
		await poll();
		loaded.save();
		let isBusy = false;
		cron.every(row.pollEveryMinutes * 60_000, 30_000, () => {
			if (isBusy) return;
			isBusy = true;
			const failed = (error: Error) => this.options.note(`poll failed: ${error.message}`);
			void poll()
				.catch(failed)
				.finally(() => (isBusy = false));
		});
	}

	private async hook(row: Row, name: Hook, mode: WorkflowActivateMode): Promise<boolean> {
		const process = this.main;
		if (process === undefined) throw new Error('n8n is away');
		return await new Loaded(this.shared, row, process).hook(name, mode);
	}

	/** @returns the status, or undefined where nobody has responded */
	async receive(sent: Sent, body: BodyOnItsWay = {}): Promise<number | undefined> {
		const { rows } = this.database;
		const row = rows.find(({ node }) => sent.webhook.url.includes(node.webhookId!));
		const takers = this.alive(this.isQueue ? 'webhook' : 'main');
		if (row === undefined || takers.length === 0 || this.isStopping) return undefined;
		if (!row.isRouted) return 404;
		const taker = this.options.chance.pick(takers);
		const status = await this.requests.take(row, taker, sent, body);
		if (status === 400 || status === 401 || body.isAborted) this.refused++;
		return status;
	}
}

/** Nobody has published. */
function isOfStart(mode: WorkflowActivateMode): boolean {
	return ['init', 'leadershipChange'].includes(mode);
}

/** n8n's crons of one published node. They end with it, and with the process. */
class Cron {
	private isOn = true;
	private readonly process: Process;

	constructor(process: Process) {
		this.process = process;
	}

	end(): void {
		this.isOn = false;
	}

	/** Once a minute at a second, or each so many seconds. */
	readonly registerCron: RegisterCron = ({ expression }, onTick) => {
		const [seconds = '0'] = expression.split(' ');
		const period = seconds.startsWith('*/') ? Number(seconds.slice(2)) * 1000 : 60_000;
		const phase = seconds.startsWith('*/') ? 0 : Number(seconds) * 1000;
		this.every(period, phase, () => onTick(new Date()));
	};

	every(periodMs: number, phaseMs: number, call: () => void): void {
		const sinceLast = (clock.now - phaseMs) % periodMs;
		clock.after(periodMs - sinceLast, () => {
			if (!this.isOn || !this.process.isAlive) return;
			call();
			this.every(periodMs, phaseMs, call);
		});
	}
}

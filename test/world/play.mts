import type { IDataObject } from 'n8n-workflow';
import { log } from '../support/integration/log.mts';
import type { Settings, Site } from '../support/simulator/index.mts';
import { clock } from './clock.mts';
import { type Role, Row } from './database.mts';
import type { Package } from './process.mts';
import { Stage } from './stage.mts';

/* What a story is told with: one workflow, and what people and accidents do. */

const MINUTE = 60_000;

/** Something that happens in a story. */
export type Step = (play: Play) => unknown;

export interface Story {
	title: string;
	/** Whose story it is. */
	by: Role[];
	parameters?: IDataObject;
	site?: Partial<Settings>;
	isQueue?: true;
	/** Between two polls; five if absent. */
	everyMinutes?: number;
	/** Before the workflow is published. */
	given?: Step;
	steps: Step[];
	/**
	 * What the workflow gets, oldest first: `+` says that it is recovered, `*` that it may have come before. In a story of
	 * both triggers there is no `+`. Then what the steps have noted.
	 */
	comes: string[];
}

export class Play extends Stage {
	readonly row: Row;
	/** What else the account says. */
	readonly notes: string[] = [];
	private readonly isOfBoth: boolean;
	private isWanted: (name: string) => boolean = () => true;
	/** Before the story begins. */
	private executions = 0;

	constructor(load: Package, role: Role, { by, parameters, site, isQueue, everyMinutes }: Story) {
		super(load, { retries: 0, autoDisableAfter: 10, ...site }, isQueue);
		const events = ['page_create', 'pagecontent_update', 'page_delete'];
		const all = { events, pageDetails: false, options: { binaryData: true }, ...parameters };
		this.row = new Row(role, all, everyMinutes);
		this.n8n.database.rows.push(this.row);
		this.isOfBoth = by.length > 1;
		log.lines = [];
	}

	async run({ given, steps }: Story): Promise<string[]> {
		// A flat site would be searched in another way.
		this.site.createPage('Deep/Page');
		await given?.(this);
		await this.pass(60);
		this.n8n.start();
		await this.passUntil(this.n8n.publish(this.row));
		await this.pass(10);
		// The trigger has seen both events of a new page.
		this.site.createPage('Warm', { html: 'Text' });
		await this.pass(70);
		this.site.editPage('Warm');
		await this.pass(70);
		await this.pass(this.row.pollEveryMinutes);
		this.executions = this.n8n.database.executions.length;
		await this.go(steps);
		return [...this.came.filter(this.isWanted), ...this.notes];
	}

	private async go(steps: Step[]): Promise<void> {
		for (const step of steps) await step(this);
	}

	get site(): Site {
		return this.simulator.site;
	}

	/** What has come since the story began. */
	get came(): string[] {
		const { executions } = this.n8n.database;
		return executions.slice(this.executions).flatMap(({ passed }) => passed.map(this.nameOf));
	}

	private readonly nameOf = ({ eventType, page, ...item }: IDataObject): string => {
		const { path, revision } = (page ?? {}) as { path?: string; revision?: number };
		const recovered = item.recovered === true && !this.isOfBoth ? '+ ' : '';
		const again = item.redelivered === true ? '* ' : '';
		const number = eventType === 'pagecontent_update' ? ` ${revision}` : '';
		return `${again}${recovered}${eventType as string} ${path}${number}`;
	};

	note(text: string): void {
		this.notes.push(text);
	}

	/** The account leaves out what else has come. */
	only(isWanted: (name: string) => boolean): void {
		this.isWanted = isWanted;
	}

	/** Lines of n8n's log that contain this. */
	countLines(text: string): number {
		return log.of('warn').filter((line) => line.includes(text)).length;
	}

	async pass(minutes: number): Promise<void> {
		await clock.pass(minutes * MINUTE);
	}

	/** Nobody looks meanwhile: a poll comes later, or deliveries fail because n8n is away. */
	async missed(step: Step, minutes: number): Promise<void> {
		if (this.row.role === 'delivered') return await this.away(step, minutes);
		await step(this);
		await this.pass(minutes);
	}

	/** n8n is stopped, and started again. */
	async away(step: Step, minutes: number): Promise<void> {
		await this.passUntil(this.n8n.stop());
		await step(this);
		await this.pass(minutes);
		this.n8n.start();
		await this.pass(30);
	}

	/** Deliveries of this do not get through, while n8n goes on. */
	async lose(steps: Step[]): Promise<void> {
		this.isLosing = true;
		await this.go(steps);
		await this.pass(0.5);
		this.isLosing = false;
	}

	/** Expert sends no event of it. */
	async silently(steps: Step[]): Promise<void> {
		this.isSilent = true;
		await this.go(steps);
		this.isSilent = false;
	}

	/** Another version of the workflow. */
	async publish(change: (row: Row) => unknown): Promise<void> {
		await this.passUntil(this.n8n.publishVersion(this.row, () => change(this.row)));
	}

	/** n8n cannot save what a trigger starts, though it saves static data. */
	async unsaved(steps: Step[]): Promise<void> {
		this.n8n.database.fail(['execution'], 1e12);
		await this.go(steps);
		this.n8n.database.recover();
	}
}

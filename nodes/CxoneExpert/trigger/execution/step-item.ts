import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { compact } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { pageOfItem } from '../../event/item';
import { type PageQuery, pageQuery } from './page-query';

/** One item on its way through the trigger's own step. */
export class StepItem {
	/** The item as n8n gave it. */
	readonly given: INodeExecutionData;
	/**
	 * The page as the site describes it, or why the site does not. `undefined` if the page is unknown or was not asked
	 * for.
	 */
	found: IDataObject | ExpertError | undefined;
	/** Name of the user, if the event has only the ID and the site knows the name. */
	userName: string | undefined;
	/** The option that leaves it out, as the workflow author knows it. */
	leftOutBy: string | undefined;
	/** The workflow has run for it before. */
	hasRun = false;
	/** Why the step cannot decide yet whether it goes on. */
	undecided: NodeOperationError | undefined;
	/** The row in n8n's store for the page whose first publication this may be. */
	publishes: string | undefined;
	/** What the step adds to the item. */
	readonly added: {
		firstPublication?: true;
		page?: IDataObject | undefined;
		user?: IDataObject | undefined;
		restriction?: IDataObject | undefined;
		redelivered?: true;
	} = {};

	constructor(given: INodeExecutionData) {
		this.given = given;
	}

	get event(): IDataObject {
		return this.given.json;
	}

	/** The question to the site about the page. `undefined` if there is nothing to ask. */
	get query(): PageQuery | undefined {
		return pageQuery(this.event);
	}

	/** The page as the event names it. */
	get named(): IDataObject | undefined {
		return pageOfItem(this.event);
	}

	/**
	 * The page as event and site describe it. Its draft state is the site's, because the page may have been published
	 * since.
	 */
	get page(): IDataObject | undefined {
		const { named, found } = this;
		if (found === undefined) return named;
		if (found instanceof ExpertError) return { ...named, details: found.text };
		const details = compact({ ...found, restriction: undefined });
		return { ...details, ...named, ...compact({ draftState: found.draftState }) };
	}

	/** The new restriction of an event. It has a name if the page still has this restriction. */
	get restriction(): IDataObject | undefined {
		const { id } = (this.event.restriction ?? {}) as IDataObject;
		const now = this.found instanceof ExpertError ? undefined : this.found?.restriction;
		const { id: idNow, name } = (now ?? {}) as IDataObject;
		return id === undefined ? undefined : compact({ id, name: id === idNow ? name : undefined });
	}

	/** Leaves the item out, so nothing else needs to be decided. */
	leaveOut(by: string): void {
		this.leftOutBy = by;
		this.undecided = undefined;
	}

	/** A new item, because n8n may keep the one that it gave. Added fields stand in the order that events use. */
	get output(): INodeExecutionData {
		const { eventType, eventName } = this.event;
		const { redelivered, firstPublication, page, user, restriction } = this.added;
		const leading = compact({ eventType, eventName, firstPublication, page, user });
		const rest = compact({ restriction, redelivered });
		const json = { ...leading, ...this.event, ...leading, ...rest };
		return { ...this.given, json };
	}
}

export function goesOn({ leftOutBy, hasRun, undecided }: StepItem): boolean {
	return leftOutBy === undefined && !hasRun && undecided === undefined;
}

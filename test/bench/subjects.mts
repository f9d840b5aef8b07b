import { Scene, type SceneOptions } from '../support/e2e/scene.mts';
import { AUTHORIZATION, publishByHand, publishWebhookNode } from './by-hand.mts';
import { load, type Subject, untilIdle } from './load.mts';

/** n8n's expression engines; the first is its default. */
export const ENGINES = ['vm', 'legacy'] as const;

export type Engine = (typeof ENGINES)[number];

/** What is compared. Those with the trigger get page details, as is its default, unless they say so. */
const PUBLISH = {
	'Webhook node': publishWebhookNode,
	'by hand': publishByHand,
	One: publishTrigger('one'),
	'Several in a Burst': publishTrigger('severalInBurst'),
	'One, no page details': publishTrigger('one', false),
	'Several in a Burst, no page details': publishTrigger('severalInBurst', false),
};

export type Name = keyof typeof PUBLISH;

function publishTrigger(deliveriesPerExecution: string, pageDetails = true) {
	return async (scene: Scene) => {
		const additionalOptions = { deliveriesPerExecution };
		const parameters = { events: ['page_create'], pageDetails, additionalOptions };
		const trigger = await scene.published(parameters);
		const { authorizationHeader: authorization } = trigger.webhooks()[0]!;
		return { id: trigger.id, url: trigger.url, authorization };
	};
}

/** Publishes each of these in n8n. */
export async function publish(scene: Scene, engine: Engine, names: Name[]): Promise<Subject[]> {
	const subjects: Subject[] = [];
	for (const name of names) {
		const published = { authorization: AUTHORIZATION, ...(await PUBLISH[name](scene)) };
		const subject = { name, engine, scene, ...published };
		// Of several that insert the first row of Remove Duplicates at once, all but one fail.
		await load(subject, { concurrency: 1, count: 1 });
		await untilIdle(subject);
		subjects.push(subject);
	}
	return subjects;
}

/** An n8n on each engine with each of these published, for as long as they are measured. */
export async function withSubjects<T>(
	packageTarball: string,
	names: Name[],
	measure: (subjects: Subject[]) => Promise<T>,
): Promise<T> {
	const scenes: Scene[] = [];
	const options: SceneOptions = { packageTarball };
	try {
		const subjects: Subject[] = [];
		for (const engine of ENGINES) {
			const scene = await Scene.open({}, { N8N_EXPRESSION_ENGINE: engine }, options);
			scenes.push(scene);
			subjects.push(...(await publish(scene, engine, names)));
		}
		return await measure(subjects);
	} finally {
		for (const scene of scenes) await scene.close();
	}
}

export interface Case {
	/** Within it is compared. */
	group: string;
	subject: Subject;
	concurrency: number;
}

/** Each subject with so many deliveries under way. */
export function casesOf(subjects: Subject[], concurrent: number[]): Case[] {
	const pairs = ENGINES.flatMap((engine) => concurrent.map((each) => ({ engine, each })));
	return pairs.flatMap(({ engine, each: concurrency }) => {
		const group = `${engine}, ${concurrency} concurrent`;
		const own = subjects.filter((subject) => subject.engine === engine);
		return own.map((subject) => ({ group, subject, concurrency }));
	});
}

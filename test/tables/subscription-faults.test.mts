import { useScenes } from '../support/integration/scene.mts';
import { subscriptionFaultTable } from '../support/tables/subscription-fault-table.mts';
import { subscriptionScenarios } from '../support/tables/subscription-scenarios.mts';

useScenes();

await subscriptionFaultTable(subscriptionScenarios);

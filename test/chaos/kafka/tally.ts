/** What happened in a run, counted. */
export class Tally {
  kills = 0;
  freezes = 0;
  leaves = 0;
  joins = 0;
  brokerKills = 0;
  brokerRestarts = 0;
  brokerFreezes = 0;
  slowdowns = 0;
  cuts = 0;
  lostAnswers = 0;
  registryOutages = 0;
  deletedStores = 0;
  modelChanges = 0;
  /** Told by the processes themselves: another instance has taken a task over while it ran there. */
  fences = 0;
  /** Tasks opened, and stores brought up to date from the log. */
  opened = 0;
  restored = 0;
  /** Outages that tasks waited out. */
  pauses = 0;
  /** Processes that ended although nobody ended them. */
  deaths = 0;
  /** Generations of all groups. */
  rebalances = 0;

  text(): string {
    const lines = [
      `${this.kills} kills, ${this.freezes} freezes, ${this.leaves} leaves, ${this.joins} joins, ${this.deletedStores} times stores deleted`,
      `${this.brokerRestarts} broker restarts (${this.brokerKills} of them after kill -9), ${this.brokerFreezes} broker freezes, ${this.registryOutages} registry outages`,
      `${this.cuts} times connections cut, ${this.lostAnswers} times answers lost, ${this.slowdowns} slow networks, ${this.modelChanges} model changes`,
      `${this.rebalances} rebalances, ${this.opened} tasks opened, ${this.restored} restored, ${this.fences} fences, ${this.pauses} pauses, ${this.deaths} processes ended by themselves`,
    ];
    return lines.join('\n');
  }
}

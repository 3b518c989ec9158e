// A record in time: samples at increasing times, of which the newest are kept.

export class TimeRecord {
  constructor(most) {
    this.most = most;
    this.clear();
  }

  clear() {
    this.times = [];
    this.values = [];
  }

  get length() {
    return this.times.length;
  }

  // Time that goes back, as after a reset, begins a new record.
  add(time, value) {
    if (this.length && time < this.times.at(-1)) this.cut(time);
    if (this.length && time === this.times.at(-1)) {
      this.values[this.length - 1] = value;
      return;
    }
    this.times.push(time);
    this.values.push(value);
    if (this.length > 1.2 * this.most) {
      this.times.splice(0, this.length - this.most);
      this.values.splice(0, this.values.length - this.most);
    }
  }

  cut(time) {
    let keep = this.length;
    while (keep && this.times[keep - 1] > time) keep--;
    this.times.length = keep;
    this.values.length = keep;
  }

  // The last sample at or before a time; -1 where there is none.
  at(time) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

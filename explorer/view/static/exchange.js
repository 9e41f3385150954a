// What the reader does is asked of the server one thing after the other: of two that wait, Streamlit keeps the newer alone.

// Milliseconds after which an answer is no longer waited for: the question was lost.
const PATIENCE = 2000;

// Nothing that is shown hangs on their answers.
const ASIDE = new Set(["foresee", "remember"]);

class Exchange {
  constructor() {
    this.count = 0;
    this.queue = [];
    this.asked = null;
  }

  // The way to the server, and how many of the questions it has answered; a page that is a file answers at once.
  open(post, done) {
    if (!this.post) this.count = done || 0;
    this.post = post;
    if (this.asked && (done === undefined || done >= this.asked.count)) this.asked = null;
    this.next();
  }

  // The page is left: nothing more is asked.
  close() {
    this.queue = [];
    this.post = () => {};
  }

  // Whether what was asked last changes what is shown and has no answer yet.
  get waits() {
    return Boolean(this.asked) && !ASIDE.has(this.asked.do) && performance.now() - this.sent < PATIENCE;
  }

  // Whether an answer knows of less than the reader has done; one that comes too late counts all the same.
  isOld(done) {
    return done < this.count && performance.now() - this.sent < PATIENCE;
  }

  get isIdle() {
    return !this.waits && !this.queue.length;
  }

  put(action) {
    this.count += 1;
    this.queue = [...this.queue.filter((one) => one.do !== action.do || action.do !== "difference"), { ...action, count: this.count }];
  }

  send(action) {
    this.put(action);
    this.next();
  }

  next() {
    if (this.waits || !this.queue.length) return;
    this.asked = this.queue.shift();
    this.sent = performance.now();
    setTimeout(() => this.next(), PATIENCE);
    this.post(this.asked);
  }
}

/* SPDX-License-Identifier: GPL-2.0-only
 *
 * gup-micro in Promela, for SPIN: the same world and the same visible steps as checks/scenarios/gup_micro.cpp.
 *
 * Every visible step is one transition and nothing else is: choices between two steps are guards of the step that
 * follows, and what a step does to locals happens with it in a d_step. A local is zero where it will not be read
 * again, by hand, so that SPIN stores no more states than there are.
 *
 *   spin -a -DTHREADS=2 -DPAGES=1 [-DRETRY] gup_micro.pml
 *
 * RETRY is the loop since v5.13; otherwise the patch of December 2020. The check that no pinned movable page is
 * returned is left out, so that the search is exhaustive; all other checks are assertions. The transitions that pan
 * reports count the initial state.
 */
#ifndef THREADS
#define THREADS 2
#endif
#ifndef PAGES
#define PAGES 1
#endif

/* Physical pages: 2v is the old (movable) page of virtual page v, 2v + 1 the new one. A d_step has no loops. */
#if PAGES == 1
#define FOR_EACH_PAGE(old, new) { old, new }
#define EVERY_PAGE(condition) (condition(0))
#define EACH_PAGE(statement) statement
#elif PAGES == 2
#define FOR_EACH_PAGE(old, new) { old, new, old, new }
#define EVERY_PAGE(condition) (condition(0) && condition(1))
#define EACH_PAGE(statement) statement; statement
#elif PAGES == 3
#define FOR_EACH_PAGE(old, new) { old, new, old, new, old, new }
#define EVERY_PAGE(condition) (condition(0) && condition(1) && condition(2))
#define EACH_PAGE(statement) statement; statement; statement
#else
#error "PAGES must be 1, 2 or 3"
#endif
#define OLD(v) (2 * (v))
#define NEW(v) (2 * (v) + 1)

bit lru[2 * PAGES] = FOR_EACH_PAGE(1, 0);
bit locked[2 * PAGES];
byte ref[2 * PAGES] = FOR_EACH_PAGE(1, 0);

/* Which list a page is linked on. */
#define NONE 0
#define LRU 1
#define MINE (2 + _pid)
byte on[2 * PAGES] = FOR_EACH_PAGE(LRU, NONE);

/* What is mapped at v: the old page, the new one, or a migration entry. */
#define IS_OLD 0
#define IS_NEW 1
#define MIGRATION 2
byte pte[PAGES];

bit pte_lock;
bit lru_lock;
byte ended;


/* Locals are tested by the guard of the step that they lead to. */
#define LISTED(v) ((list >> (v)) & 1)
#define LAST_LISTED (list == 1 << v)
#define PIN(v) (2 * (v) + is_new[v])
#define IS_PIN_OF_NEW(v) is_new[v]
#define REFERENCES_EXPLAINED(v) (ref[OLD(v)] == (pte[v] == IS_OLD) && ref[NEW(v)] == (pte[v] == IS_NEW))
#ifdef RETRY
#define MUST_MIGRATE (!EVERY_PAGE(IS_PIN_OF_NEW))
#define GIVES_UP failed
#else
#define MUST_MIGRATE (list != 0)
#define GIVES_UP false
#endif

/* v: the next virtual page from `first` on whose pin is of a movable page, or PAGES. */
inline next_movable(first) {
  v = first;
  EACH_PAGE(v = v + (v < PAGES && is_new[v]))
}

/* v: the next virtual page from `first` on that is on the private list, or PAGES. */
inline next_listed(first) {
  v = first;
  EACH_PAGE(v = v + (v < PAGES && !LISTED(v)))
}

/* In an if, because a goto may not lead to a d_step. */
inline lock(which) {
  if
  :: d_step { !which -> which = 1 }
  fi
}

inline keep_pin() {
  is_new[v] = found;
  found = 0
}

inline drop_pin(which) {
  assert(ref[PIN(which)] > 0);
  ref[PIN(which)]--;
  is_new[which] = 0
}

/* The thread ends; the last one checks that every reference is explained. */
inline finish() {
  v = 0;
  list = 0;
  failed = 0;
  ended++;
  assert(ended < THREADS || EVERY_PAGE(REFERENCES_EXPLAINED))
}

active [THREADS] proctype thread() {
  byte v;            /* the virtual page that the current loop is at */
  byte list;         /* bit v: the old page of v is on the private list */
  bit failed;        /* migration: not every page was migrated; gup after it: return whatever it pins */
  bit found;         /* gup: the pte said IS_NEW */
  bit is_new[PAGES]; /* pages that are pinned: which one of v */

gup:
  lock(pte_lock);
  if
  :: pte[v] == MIGRATION;
     pte_lock = 0;
     pte[v] != MIGRATION;
     goto gup
  :: d_step { pte[v] != MIGRATION -> found = pte[v] }
  fi;
  d_step { assert(ref[2 * v + found] > 0); ref[2 * v + found]++ };
  if
  :: d_step { v + 1 < PAGES -> pte_lock = 0; keep_pin(); v++ };
     goto gup
  :: d_step { v + 1 == PAGES && !failed -> pte_lock = 0; keep_pin(); next_movable(0) }
  :: d_step { v + 1 == PAGES && failed -> pte_lock = 0; keep_pin(); failed = 0; v = PAGES }
  fi;

isolate:
  if
  :: d_step { v < PAGES && lru[OLD(v)] -> lru[OLD(v)] = 0 }
  :: d_step { v < PAGES && !lru[OLD(v)] -> next_movable(v + 1) };
     goto isolate
  :: d_step { v == PAGES && MUST_MIGRATE && PAGES > 1 -> drop_pin(0); v = 1 };
     goto drop
  :: d_step { v == PAGES && MUST_MIGRATE && PAGES == 1 && list != 0 -> drop_pin(0); v = 0 };
     goto migrate
  :: d_step { v == PAGES && MUST_MIGRATE && PAGES == 1 && list == 0 -> drop_pin(0); v = 0 };
     goto gup
  :: d_step { v == PAGES && !MUST_MIGRATE && PAGES > 1 -> drop_pin(0); v = 1 };
     goto unpin
  :: d_step { v == PAGES && !MUST_MIGRATE && PAGES == 1 -> drop_pin(0); finish() };
     goto end
  fi;
  d_step { assert(ref[OLD(v)] > 0); ref[OLD(v)]++ };
  lock(lru_lock);
  d_step { assert(on[OLD(v)] == LRU); on[OLD(v)] = NONE };
  lru_lock = 0;
  /* The double insertion that the discussion was afraid of. */
  d_step { assert(on[OLD(v)] == NONE); on[OLD(v)] = MINE; list = list | (1 << v); next_movable(v + 1) };
  goto isolate;

drop:
  if
  :: d_step { v + 1 < PAGES -> drop_pin(v); v++ };
     goto drop
  :: d_step { v + 1 == PAGES && list != 0 -> drop_pin(v); next_listed(0) }
  :: d_step { v + 1 == PAGES && list == 0 -> drop_pin(v); v = 0 };
     goto gup
  fi;

migrate:
  if
  :: d_step { !locked[OLD(v)] -> locked[OLD(v)] = 1 }
  :: d_step { locked[OLD(v)] -> failed = 1 };
     goto putback
  fi;
  lock(pte_lock);
  if
  :: d_step { pte[v] == IS_OLD -> pte[v] = MIGRATION }
  :: d_step { pte[v] != IS_OLD -> failed = 1 };
     pte_lock = 0;
     locked[OLD(v)] = 0;
     goto putback
  fi;
  pte_lock = 0;
  d_step { assert(ref[OLD(v)] > 0); ref[OLD(v)]-- };
  if
  :: d_step { ref[OLD(v)] == 1 -> ref[OLD(v)] = 0 }
  :: d_step { ref[OLD(v)] != 1 -> failed = 1 };
     d_step { assert(ref[OLD(v)] > 0); ref[OLD(v)]++ };
     lock(pte_lock);
     pte[v] = IS_OLD;
     pte_lock = 0;
     locked[OLD(v)] = 0;
     goto putback
  fi;
  d_step { assert(on[OLD(v)] == MINE); on[OLD(v)] = NONE };
  ref[NEW(v)] = 1;
  lock(lru_lock);
  on[NEW(v)] = LRU;
  lru[NEW(v)] = 1;
  lru_lock = 0;
  lock(pte_lock);
  pte[v] = IS_NEW;
  pte_lock = 0;
  if
  :: d_step { !LAST_LISTED -> locked[OLD(v)] = 0; list = list & ~(1 << v); next_listed(v + 1) };
     goto migrate
  :: d_step { LAST_LISTED && !GIVES_UP -> locked[OLD(v)] = 0; list = 0; v = 0 };
     goto gup
  :: d_step { LAST_LISTED && GIVES_UP -> locked[OLD(v)] = 0; finish() };
     goto end
  fi;

putback:
  lock(lru_lock);
  d_step { assert(on[OLD(v)] == MINE); on[OLD(v)] = LRU };
  lru[OLD(v)] = 1;
  lru_lock = 0;
  if
  :: d_step { !LAST_LISTED -> assert(ref[OLD(v)] > 0); ref[OLD(v)]--; list = list & ~(1 << v); next_listed(v + 1) };
     goto migrate
  :: d_step { LAST_LISTED && !GIVES_UP -> assert(ref[OLD(v)] > 0); ref[OLD(v)]--; list = 0; v = 0 };
     goto gup
  :: d_step { LAST_LISTED && GIVES_UP -> assert(ref[OLD(v)] > 0); ref[OLD(v)]--; finish() };
     goto end
  fi;

unpin:
  if
  :: d_step { v + 1 < PAGES -> drop_pin(v); v++ };
     goto unpin
  :: d_step { v + 1 == PAGES -> drop_pin(v); finish() }
  fi;

  /* A valid end state; the process stays, so that its end is no transition of its own. */
end:
  false
}

#include "meter.h"

static void work_b(struct meter *own) {
    meter_enter(own);
    meter_leave(own);
}

void run(struct meter *own, struct meter *common) {
    work_b(own);
    touch(common);
}

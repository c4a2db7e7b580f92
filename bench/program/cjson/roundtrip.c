// SPDX-License-Identifier: MIT
/* roundtrip TIMES: parses JSON, changes it, prints it with and without spaces; a checksum at the
 * end. */
#include "cJSON.h"
#include <stdio.h>
#include <stdlib.h>

static const char text[] =
    "{\"name\": \"Ada \\u00e9 \\\"L\\\"\", \"born\": 1815, \"ratio\": 0.618e2, \"none\": null,"
    " \"tags\": [\"a\", \"bc\", [], {}, true, false, -12.5, 123456789],"
    " \"nested\": {\"x\": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], \"y\": {\"z\": \"\\n\\t\\\\\"}}}";

static unsigned long sum(unsigned long value, char *printed) {
    for (const char *p = printed; *p; p++) value = value * 31 + (unsigned char)*p;
    free(printed);
    return value;
}

int main(int argc, char **argv) {
    unsigned long value = 0;
    for (long n = argc > 1 ? atol(argv[1]) : 1; n > 0; n--) {
        cJSON *json = cJSON_Parse(text), *twin = cJSON_Duplicate(json, 1);
        cJSON_AddNumberToObject(json, "count", (double)n);
        cJSON_DeleteItemFromObject(json, "none");
        cJSON_SetNumberValue(cJSON_GetObjectItem(json, "born"), (double)(n % 2000));
        value = sum(value, cJSON_Print(json));
        value = sum(value, cJSON_PrintUnformatted(json)) + (unsigned)cJSON_Compare(json, twin, 1);
        cJSON_Delete(json);
        cJSON_Delete(twin);
    }
    printf("%lu\n", value);
    return 0;
}

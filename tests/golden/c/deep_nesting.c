/* rule: long else-if chains and deep nesting stay within what compilers accept (clang: 256) */
#include <stdio.h>
static int n;
static int c(int x) { n++; return x; }
static int chain(int x) {
    if (c(x == 0)) n += 0;
    else if (c(x == 1)) n += 1;
    else if (c(x == 2)) n += 2;
    else if (c(x == 3)) n += 3;
    else if (c(x == 4)) n += 4;
    else if (c(x == 5)) n += 5;
    else if (c(x == 6)) n += 6;
    else if (c(x == 7)) n += 0;
    else if (c(x == 8)) n += 1;
    else if (c(x == 9)) n += 2;
    else if (c(x == 10)) n += 3;
    else if (c(x == 11)) n += 4;
    else if (c(x == 12)) n += 5;
    else if (c(x == 13)) n += 6;
    else if (c(x == 14)) n += 0;
    else if (c(x == 15)) n += 1;
    else if (c(x == 16)) n += 2;
    else if (c(x == 17)) n += 3;
    else if (c(x == 18)) n += 4;
    else if (c(x == 19)) n += 5;
    else if (c(x == 20)) n += 6;
    else if (c(x == 21)) n += 0;
    else if (c(x == 22)) n += 1;
    else if (c(x == 23)) n += 2;
    else if (c(x == 24)) n += 3;
    else if (c(x == 25)) n += 4;
    else if (c(x == 26)) n += 5;
    else if (c(x == 27)) n += 6;
    else if (c(x == 28)) n += 0;
    else if (c(x == 29)) n += 1;
    else if (c(x == 30)) n += 2;
    else if (c(x == 31)) n += 3;
    else if (c(x == 32)) n += 4;
    else if (c(x == 33)) n += 5;
    else if (c(x == 34)) n += 6;
    else if (c(x == 35)) n += 0;
    else if (c(x == 36)) n += 1;
    else if (c(x == 37)) n += 2;
    else if (c(x == 38)) n += 3;
    else if (c(x == 39)) n += 4;
    else if (c(x == 40)) n += 5;
    else if (c(x == 41)) n += 6;
    else if (c(x == 42)) n += 0;
    else if (c(x == 43)) n += 1;
    else if (c(x == 44)) n += 2;
    else if (c(x == 45)) n += 3;
    else if (c(x == 46)) n += 4;
    else if (c(x == 47)) n += 5;
    else if (c(x == 48)) n += 6;
    else if (c(x == 49)) n += 0;
    else if (c(x == 50)) n += 1;
    else if (c(x == 51)) n += 2;
    else if (c(x == 52)) n += 3;
    else if (c(x == 53)) n += 4;
    else if (c(x == 54)) n += 5;
    else if (c(x == 55)) n += 6;
    else if (c(x == 56)) n += 0;
    else if (c(x == 57)) n += 1;
    else if (c(x == 58)) n += 2;
    else if (c(x == 59)) n += 3;
    else if (c(x == 60)) n += 4;
    else if (c(x == 61)) n += 5;
    else if (c(x == 62)) n += 6;
    else if (c(x == 63)) n += 0;
    else if (c(x == 64)) n += 1;
    else if (c(x == 65)) n += 2;
    else if (c(x == 66)) n += 3;
    else if (c(x == 67)) n += 4;
    else if (c(x == 68)) n += 5;
    else if (c(x == 69)) n += 6;
    else if (c(x == 70)) n += 0;
    else if (c(x == 71)) n += 1;
    else if (c(x == 72)) n += 2;
    else if (c(x == 73)) n += 3;
    else if (c(x == 74)) n += 4;
    else if (c(x == 75)) n += 5;
    else if (c(x == 76)) n += 6;
    else if (c(x == 77)) n += 0;
    else if (c(x == 78)) n += 1;
    else if (c(x == 79)) n += 2;
    else if (c(x == 80)) n += 3;
    else if (c(x == 81)) n += 4;
    else if (c(x == 82)) n += 5;
    else if (c(x == 83)) n += 6;
    else if (c(x == 84)) n += 0;
    else if (c(x == 85)) n += 1;
    else if (c(x == 86)) n += 2;
    else if (c(x == 87)) n += 3;
    else if (c(x == 88)) n += 4;
    else if (c(x == 89)) n += 5;
    else if (c(x == 90)) n += 6;
    else if (c(x == 91)) n += 0;
    else if (c(x == 92)) n += 1;
    else if (c(x == 93)) n += 2;
    else if (c(x == 94)) n += 3;
    else if (c(x == 95)) n += 4;
    else if (c(x == 96)) n += 5;
    else if (c(x == 97)) n += 6;
    else if (c(x == 98)) n += 0;
    else if (c(x == 99)) n += 1;
    else if (c(x == 100)) n += 2;
    else if (c(x == 101)) n += 3;
    else if (c(x == 102)) n += 4;
    else if (c(x == 103)) n += 5;
    else if (c(x == 104)) n += 6;
    else if (c(x == 105)) n += 0;
    else if (c(x == 106)) n += 1;
    else if (c(x == 107)) n += 2;
    else if (c(x == 108)) n += 3;
    else if (c(x == 109)) n += 4;
    else if (c(x == 110)) n += 5;
    else if (c(x == 111)) n += 6;
    else if (c(x == 112)) n += 0;
    else if (c(x == 113)) n += 1;
    else if (c(x == 114)) n += 2;
    else if (c(x == 115)) n += 3;
    else if (c(x == 116)) n += 4;
    else if (c(x == 117)) n += 5;
    else if (c(x == 118)) n += 6;
    else if (c(x == 119)) n += 0;
    else if (c(x == 120)) n += 1;
    else if (c(x == 121)) n += 2;
    else if (c(x == 122)) n += 3;
    else if (c(x == 123)) n += 4;
    else if (c(x == 124)) n += 5;
    else if (c(x == 125)) n += 6;
    else if (c(x == 126)) n += 0;
    else if (c(x == 127)) n += 1;
    else if (c(x == 128)) n += 2;
    else if (c(x == 129)) n += 3;
    else if (c(x == 130)) n += 4;
    else if (c(x == 131)) n += 5;
    else if (c(x == 132)) n += 6;
    else if (c(x == 133)) n += 0;
    else if (c(x == 134)) n += 1;
    else if (c(x == 135)) n += 2;
    else if (c(x == 136)) n += 3;
    else if (c(x == 137)) n += 4;
    else if (c(x == 138)) n += 5;
    else if (c(x == 139)) n += 6;
    else if (c(x == 140)) n += 0;
    else if (c(x == 141)) n += 1;
    else if (c(x == 142)) n += 2;
    else if (c(x == 143)) n += 3;
    else if (c(x == 144)) n += 4;
    else if (c(x == 145)) n += 5;
    else if (c(x == 146)) n += 6;
    else if (c(x == 147)) n += 0;
    else if (c(x == 148)) n += 1;
    else if (c(x == 149)) n += 2;
    else if (c(x == 150)) n += 3;
    else if (c(x == 151)) n += 4;
    else if (c(x == 152)) n += 5;
    else if (c(x == 153)) n += 6;
    else if (c(x == 154)) n += 0;
    else if (c(x == 155)) n += 1;
    else if (c(x == 156)) n += 2;
    else if (c(x == 157)) n += 3;
    else if (c(x == 158)) n += 4;
    else if (c(x == 159)) n += 5;
    else if (c(x == 160)) n += 6;
    else if (c(x == 161)) n += 0;
    else if (c(x == 162)) n += 1;
    else if (c(x == 163)) n += 2;
    else if (c(x == 164)) n += 3;
    else if (c(x == 165)) n += 4;
    else if (c(x == 166)) n += 5;
    else if (c(x == 167)) n += 6;
    else if (c(x == 168)) n += 0;
    else if (c(x == 169)) n += 1;
    else if (c(x == 170)) n += 2;
    else if (c(x == 171)) n += 3;
    else if (c(x == 172)) n += 4;
    else if (c(x == 173)) n += 5;
    else if (c(x == 174)) n += 6;
    else if (c(x == 175)) n += 0;
    else if (c(x == 176)) n += 1;
    else if (c(x == 177)) n += 2;
    else if (c(x == 178)) n += 3;
    else if (c(x == 179)) n += 4;
    else if (c(x == 180)) n += 5;
    else if (c(x == 181)) n += 6;
    else if (c(x == 182)) n += 0;
    else if (c(x == 183)) n += 1;
    else if (c(x == 184)) n += 2;
    else if (c(x == 185)) n += 3;
    else if (c(x == 186)) n += 4;
    else if (c(x == 187)) n += 5;
    else if (c(x == 188)) n += 6;
    else if (c(x == 189)) n += 0;
    else if (c(x == 190)) n += 1;
    else if (c(x == 191)) n += 2;
    else if (c(x == 192)) n += 3;
    else if (c(x == 193)) n += 4;
    else if (c(x == 194)) n += 5;
    else if (c(x == 195)) n += 6;
    else if (c(x == 196)) n += 0;
    else if (c(x == 197)) n += 1;
    else if (c(x == 198)) n += 2;
    else if (c(x == 199)) n += 3;
    else if (c(x == 200)) n += 4;
    else if (c(x == 201)) n += 5;
    else if (c(x == 202)) n += 6;
    else if (c(x == 203)) n += 0;
    else if (c(x == 204)) n += 1;
    else if (c(x == 205)) n += 2;
    else if (c(x == 206)) n += 3;
    else if (c(x == 207)) n += 4;
    else if (c(x == 208)) n += 5;
    else if (c(x == 209)) n += 6;
    else if (c(x == 210)) n += 0;
    else if (c(x == 211)) n += 1;
    else if (c(x == 212)) n += 2;
    else if (c(x == 213)) n += 3;
    else if (c(x == 214)) n += 4;
    else if (c(x == 215)) n += 5;
    else if (c(x == 216)) n += 6;
    else if (c(x == 217)) n += 0;
    else if (c(x == 218)) n += 1;
    else if (c(x == 219)) n += 2;
    else if (c(x == 220)) n += 3;
    else if (c(x == 221)) n += 4;
    else if (c(x == 222)) n += 5;
    else if (c(x == 223)) n += 6;
    else if (c(x == 224)) n += 0;
    else if (c(x == 225)) n += 1;
    else if (c(x == 226)) n += 2;
    else if (c(x == 227)) n += 3;
    else if (c(x == 228)) n += 4;
    else if (c(x == 229)) n += 5;
    else if (c(x == 230)) n += 6;
    else if (c(x == 231)) n += 0;
    else if (c(x == 232)) n += 1;
    else if (c(x == 233)) n += 2;
    else if (c(x == 234)) n += 3;
    else if (c(x == 235)) n += 4;
    else if (c(x == 236)) n += 5;
    else if (c(x == 237)) n += 6;
    else if (c(x == 238)) n += 0;
    else if (c(x == 239)) n += 1;
    else if (c(x == 240)) n += 2;
    else if (c(x == 241)) n += 3;
    else if (c(x == 242)) n += 4;
    else if (c(x == 243)) n += 5;
    else if (c(x == 244)) n += 6;
    else if (c(x == 245)) n += 0;
    else if (c(x == 246)) n += 1;
    else if (c(x == 247)) n += 2;
    else if (c(x == 248)) n += 3;
    else if (c(x == 249)) n += 4;
    else if (c(x == 250)) n += 5;
    else if (c(x == 251)) n += 6;
    else if (c(x == 252)) n += 0;
    else if (c(x == 253)) n += 1;
    else if (c(x == 254)) n += 2;
    else if (c(x == 255)) n += 3;
    else if (c(x == 256)) n += 4;
    else if (c(x == 257)) n += 5;
    else if (c(x == 258)) n += 6;
    else if (c(x == 259)) n += 0;
    else if (c(x == 260)) n += 1;
    else if (c(x == 261)) n += 2;
    else if (c(x == 262)) n += 3;
    else if (c(x == 263)) n += 4;
    else if (c(x == 264)) n += 5;
    else if (c(x == 265)) n += 6;
    else if (c(x == 266)) n += 0;
    else if (c(x == 267)) n += 1;
    else if (c(x == 268)) n += 2;
    else if (c(x == 269)) n += 3;
    else if (c(x == 270)) n += 4;
    else if (c(x == 271)) n += 5;
    else if (c(x == 272)) n += 6;
    else if (c(x == 273)) n += 0;
    else if (c(x == 274)) n += 1;
    else if (c(x == 275)) n += 2;
    else if (c(x == 276)) n += 3;
    else if (c(x == 277)) n += 4;
    else if (c(x == 278)) n += 5;
    else if (c(x == 279)) n += 6;
    else if (c(x == 280)) n += 0;
    else if (c(x == 281)) n += 1;
    else if (c(x == 282)) n += 2;
    else if (c(x == 283)) n += 3;
    else if (c(x == 284)) n += 4;
    else if (c(x == 285)) n += 5;
    else if (c(x == 286)) n += 6;
    else if (c(x == 287)) n += 0;
    else if (c(x == 288)) n += 1;
    else if (c(x == 289)) n += 2;
    else if (c(x == 290)) n += 3;
    else if (c(x == 291)) n += 4;
    else if (c(x == 292)) n += 5;
    else if (c(x == 293)) n += 6;
    else if (c(x == 294)) n += 0;
    else if (c(x == 295)) n += 1;
    else if (c(x == 296)) n += 2;
    else if (c(x == 297)) n += 3;
    else if (c(x == 298)) n += 4;
    else if (c(x == 299)) n += 5;
    else n = -n;
    return n;
}
static int deep(int x) {
    int s = 0;
    for (int i0 = 0; i0 < 1; i0++) { s += 0;
    if (x > 1) { s += 1;
    if (x > 2) { s += 2;
    for (int i3 = 0; i3 < 1; i3++) { s += 3;
    if (x > 4) { s += 4;
    if (x > 5) { s += 5;
    for (int i6 = 0; i6 < 1; i6++) { s += 6;
    if (x > 7) { s += 7;
    if (x > 8) { s += 8;
    for (int i9 = 0; i9 < 1; i9++) { s += 9;
    if (x > 10) { s += 10;
    if (x > 11) { s += 11;
    for (int i12 = 0; i12 < 1; i12++) { s += 12;
    if (x > 13) { s += 13;
    if (x > 14) { s += 14;
    for (int i15 = 0; i15 < 1; i15++) { s += 15;
    if (x > 16) { s += 16;
    if (x > 17) { s += 17;
    for (int i18 = 0; i18 < 1; i18++) { s += 18;
    if (x > 19) { s += 19;
    if (x > 20) { s += 20;
    for (int i21 = 0; i21 < 1; i21++) { s += 21;
    if (x > 22) { s += 22;
    if (x > 23) { s += 23;
    for (int i24 = 0; i24 < 1; i24++) { s += 24;
    if (x > 25) { s += 25;
    if (x > 26) { s += 26;
    for (int i27 = 0; i27 < 1; i27++) { s += 27;
    if (x > 28) { s += 28;
    if (x > 29) { s += 29;
    for (int i30 = 0; i30 < 1; i30++) { s += 30;
    if (x > 31) { s += 31;
    if (x > 32) { s += 32;
    for (int i33 = 0; i33 < 1; i33++) { s += 33;
    if (x > 34) { s += 34;
    if (x > 35) { s += 35;
    for (int i36 = 0; i36 < 1; i36++) { s += 36;
    if (x > 37) { s += 37;
    if (x > 38) { s += 38;
    for (int i39 = 0; i39 < 1; i39++) { s += 39;
    if (x > 40) { s += 40;
    if (x > 41) { s += 41;
    for (int i42 = 0; i42 < 1; i42++) { s += 42;
    if (x > 43) { s += 43;
    if (x > 44) { s += 44;
    for (int i45 = 0; i45 < 1; i45++) { s += 45;
    if (x > 46) { s += 46;
    if (x > 47) { s += 47;
    for (int i48 = 0; i48 < 1; i48++) { s += 48;
    if (x > 49) { s += 49;
    if (x > 50) { s += 50;
    for (int i51 = 0; i51 < 1; i51++) { s += 51;
    if (x > 52) { s += 52;
    if (x > 53) { s += 53;
    for (int i54 = 0; i54 < 1; i54++) { s += 54;
    if (x > 55) { s += 55;
    if (x > 56) { s += 56;
    for (int i57 = 0; i57 < 1; i57++) { s += 57;
    if (x > 58) { s += 58;
    if (x > 59) { s += 59;
    for (int i60 = 0; i60 < 1; i60++) { s += 60;
    if (x > 61) { s += 61;
    if (x > 62) { s += 62;
    for (int i63 = 0; i63 < 1; i63++) { s += 63;
    if (x > 64) { s += 64;
    if (x > 65) { s += 65;
    for (int i66 = 0; i66 < 1; i66++) { s += 66;
    if (x > 67) { s += 67;
    if (x > 68) { s += 68;
    for (int i69 = 0; i69 < 1; i69++) { s += 69;
    if (x > 70) { s += 70;
    if (x > 71) { s += 71;
    for (int i72 = 0; i72 < 1; i72++) { s += 72;
    if (x > 73) { s += 73;
    if (x > 74) { s += 74;
    for (int i75 = 0; i75 < 1; i75++) { s += 75;
    if (x > 76) { s += 76;
    if (x > 77) { s += 77;
    for (int i78 = 0; i78 < 1; i78++) { s += 78;
    if (x > 79) { s += 79;
    if (x > 80) { s += 80;
    for (int i81 = 0; i81 < 1; i81++) { s += 81;
    if (x > 82) { s += 82;
    if (x > 83) { s += 83;
    for (int i84 = 0; i84 < 1; i84++) { s += 84;
    if (x > 85) { s += 85;
    if (x > 86) { s += 86;
    for (int i87 = 0; i87 < 1; i87++) { s += 87;
    if (x > 88) { s += 88;
    if (x > 89) { s += 89;
    for (int i90 = 0; i90 < 1; i90++) { s += 90;
    if (x > 91) { s += 91;
    if (x > 92) { s += 92;
    for (int i93 = 0; i93 < 1; i93++) { s += 93;
    if (x > 94) { s += 94;
    if (x > 95) { s += 95;
    for (int i96 = 0; i96 < 1; i96++) { s += 96;
    if (x > 97) { s += 97;
    if (x > 98) { s += 98;
    for (int i99 = 0; i99 < 1; i99++) { s += 99;
    s = c(s);
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    s++; }
    }
    }
    }
    }
    return s;
}
int main(void) { static const int tests[] = {5, 250, 999}; for (int i = 0; i < 3; i++) printf("%d\n", chain(tests[i])); printf("%d\n", deep(50)); printf("%d\n", deep(1000)); return 0; }

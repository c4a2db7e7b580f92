-- Small programs: queens, sieve, permutations, matrix, life, a JSON writer and reader, n-body.
local function queens(n) local count, cols, d1, d2 = 0, {}, {}, {}
  local function place(r) if r > n then count = count + 1 return end
    for c = 1, n do if not cols[c] and not d1[r + c] and not d2[r - c + n] then cols[c], d1[r + c], d2[r - c + n] = true, true, true
      place(r + 1) cols[c], d1[r + c], d2[r - c + n] = nil, nil, nil end end end
  place(1) return count end
print(queens(7))
local sieve, primes = {}, 0
for i = 2, 50000 do if not sieve[i] then primes = primes + 1 for j = i * i, 50000, i do sieve[j] = true end end end
print(primes)
local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
local k, sum = 0, 0
for p in coroutine.wrap(function() permgen{1, 2, 3, 4, 5, 6, 7} end) do k = k + 1 sum = (sum * 31 + p[1] * p[7]) % 1000007 end
print(k, sum)
local function matrix(n, f) local m = {} for i = 1, n do m[i] = {} for j = 1, n do m[i][j] = f(i, j) end end return m end
local function mul(a, b) local n = #a return matrix(n, function(i, j) local s = 0 for k = 1, n do s = s + a[i][k] * b[k][j] end return s end) end
local m = mul(matrix(40, function(i, j) return i / j end), matrix(40, function(i, j) return i - j end))
print(string.format("%.6f %.6f", m[1][40], m[40][1]))
local function json(v) local t = type(v)
  if t == "table" then if #v > 0 or next(v) == nil then local r = {} for i, x in ipairs(v) do r[i] = json(x) end return "[" .. table.concat(r, ",") .. "]" end
    local r = {} for key, x in pairs(v) do r[#r + 1] = string.format("%q:%s", key, json(x)) end table.sort(r) return "{" .. table.concat(r, ",") .. "}" end
  return t == "string" and string.format("%q", v) or tostring(v) end
local function parse(s) local pos = 1
  local function value() local c = s:match("^%s*(.)", pos)
    if c == "[" then local r = {} pos = s:find("[", pos, true) + 1 if s:match("^%s*%]", pos) then pos = s:find("]", pos, true) + 1 return r end
      repeat r[#r + 1] = value() c = s:match("^%s*([,%]])", pos) pos = s:find("[,%]]", pos) + 1 until c == "]" return r end
    if c == "{" then local r = {} pos = s:find("{", pos, true) + 1
      repeat local key = value() pos = s:find(":", pos, true) + 1 r[key] = value() c = s:match("^%s*([,}])", pos) pos = s:find("[,}]", pos) + 1 until c == "}" return r end
    if c == '"' then local b, e, str = s:find('"([^"]*)"', pos) pos = e + 1 return str end
    local b, e, word = s:find("^%s*([%w%.%-+]+)", pos) pos = e + 1
    if word == "true" then return true elseif word == "false" then return false end return tonumber(word) end
  return value() end
local doc = {}
for i = 1, 300 do doc[i] = {id = i, name = "n" .. i, list = {i, i * 1.5, {}}, flag = i % 2 == 0} end
local text = json(doc)
print(#text, json(parse(text)) == text)
local life = {} for i = 0, 31 do life[i] = {} for j = 0, 31 do life[i][j] = (i * 5 + j * j * 3 + i * j) % 3 == 0 and 1 or 0 end end
for g = 1, 30 do local new = {} for i = 0, 31 do new[i] = {} for j = 0, 31 do local c = 0 for di = -1, 1 do for dj = -1, 1 do if di ~= 0 or dj ~= 0 then c = c + life[(i + di) % 32][(j + dj) % 32] end end end
  new[i][j] = (c == 3 or (c == 2 and life[i][j] == 1)) and 1 or 0 end end life = new end
local alive = 0 for i = 0, 31 do for j = 0, 31 do alive = alive + life[i][j] end end print(alive)
local bodies = {{0, 0, 0, 0, 0, 0, 39.47}, {4.84, -1.16, -.10, .6, 2.8, -.02, .037}, {8.34, 4.12, -.4, -1.01, 1.82, .008, .011}}
for step = 1, 2000 do for i = 1, #bodies do local a = bodies[i] for j = i + 1, #bodies do local b = bodies[j] local dx, dy, dz = a[1] - b[1], a[2] - b[2], a[3] - b[3]
  local d = dx * dx + dy * dy + dz * dz local mag = 0.001 / (d * math.sqrt(d)) a[4], a[5], a[6] = a[4] - dx * b[7] * mag, a[5] - dy * b[7] * mag, a[6] - dz * b[7] * mag
  b[4], b[5], b[6] = b[4] + dx * a[7] * mag, b[5] + dy * a[7] * mag, b[6] + dz * a[7] * mag end end
  for _, a in ipairs(bodies) do a[1], a[2], a[3] = a[1] + 0.001 * a[4], a[2] + 0.001 * a[5], a[3] + 0.001 * a[6] end end
print(string.format("%.9f %.9f", bodies[1][1], bodies[3][2]))
local h = 5381 for i = 1, 200000 do h = (h * 33 ~ i) & 0xffffffff end print(h)

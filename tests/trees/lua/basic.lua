-- Calls, tables, strings, sorting, coroutines, metatables, gc, goto, integers and floats.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(24))
local t = {}
for i = 1, 60000 do t[i] = (i * 7919) % 100003 end
table.sort(t)
local s = 0
for i = 1, #t do s = s + t[i] * i % 7 end
table.sort(t, function(a, b) return a % 1000 > b % 1000 or (a % 1000 == b % 1000 and a < b) end)
print(s, t[1], t[#t])
local parts = {}
for i = 1, 5000 do parts[#parts + 1] = string.format("%d:%s:%5.2f:%q:%x", i, tostring(i * 2), i / 7, "a\n" .. i, i):gsub("1", "x") end
print(#table.concat(parts), parts[77], #table.concat(parts, ", ", 10, 20))
local text = string.rep("the quick brown fox jumps over the lazy dog ", 200)
local words = {}
for w in text:gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
local names = {}
for w, n in pairs(words) do names[#names + 1] = w .. n end
table.sort(names)
print(table.concat(names, " "), text:find("lazy (%a+)"), text:gsub("o(%a)", "%1o"):sub(1, 50), (text:gsub("%s+", function() return "_" end)):sub(1, 30))
print(string.pack and string.unpack("<i4 i8 z s1 d", string.pack("<i4 i8 z s1 d", 1, -2, "zero", "len", 1.5)))
print(utf8 and utf8.char(228, 8364, 128512), utf8 and utf8.len("äö€"), ("x"):rep(3, ","), ("abc"):byte(1, -1))
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end return "end" end) end
local c = 0
for i, sq in gen(2000) do if i == "end" then break end c = c + sq end
print(c)
local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error("oops " .. b) end)
print(coroutine.resume(co, 1)) print(coroutine.resume(co, 2)) print(coroutine.status(co), coroutine.resume(co))
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({x = a.x + b.x}, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__call = function(self, y) return self.x * y end
V.__len = function() return 42 end
V.__concat = function(a, b) return "cat" end
V.__tostring = function(a) return "V" .. a.x end
V.__close = function(a) print("closed", a.x) end
local a, b = setmetatable({x = 1}, V), setmetatable({x = 2}, V)
print((a + b).x, a == b, a < b, a <= b, a(5), #a, a .. b, tostring(a))
do local z <close> = setmetatable({x = 9}, V) local k <const> = 5 print(k) end
print(pcall(function() local z <close> = setmetatable({x = 8}, V) error("in scope") end))
for _, f in ipairs{function() return nil + 1 end, function() return {} .. "x" end, function() return #5 end, function() return 1 < "2" end,
    function() error(5) end, function() error("msg", 0) end, function() string.rep("x", -1)() end, function() return 1 // 0 end, function() return 1 % 0 end,
    function() local t = setmetatable({}, {__index = function(t, k) return k * 2 end}) return t[21] end, function() return ("x"):bad() end,
    function() return select(-1, 1, 2, 3) end, function() return table.unpack({1, 2, 3}, 2) end, function() for i = 1, 10, 0 do end end} do print(pcall(f)) end
print(xpcall(function() error("deep") end, function(m) return "handled " .. m end))
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
print(deep(10000), select(2, pcall(deep, 1e7)):match("stack overflow"))
local function tail(n) if n == 0 then return "done" end return tail(n - 1) end
print(tail(100000))
print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, 2 ^ 10, 1e15, 10 / 2, 3 | 4, 7 & 2, 5 ~ 3, ~0, 1 << 62, 1 >> 1, math.maxinteger + 1 == math.mininteger, 0x10p2, "10" + 5, 1e308 * 10, -(0 / 0) ~= -(0 / 0))
print(math.type(1), math.type(1.0), math.tointeger(3.0), math.floor(-3.5), math.ceil(3.2), math.fmod(7, 3), math.ult(1, -1), tonumber("0x1F"), tonumber("z", 36), tonumber("1e1"), tonumber("abc"))
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, ",", j, " ") ::continue:: end end print()
local weak = setmetatable({}, {__mode = "k"})
for i = 1, 1000 do weak[{}] = i end
collectgarbage() collectgarbage("generational") for i = 1, 20000 do local x = {i, {i}} end collectgarbage("incremental") collectgarbage()
local n = 0 for _ in pairs(weak) do n = n + 1 end print(n)
local fin = 0
for i = 1, 100 do setmetatable({}, {__gc = function() fin = fin + 1 end}) end collectgarbage() print(fin)
print(load("return 1 + 1")(), load("syntax error here"), pcall(load, nil))
local f = load(string.dump(function(x) return x * 2 end)) print(f(21))
print(table.move({1, 2, 3}, 1, 3, 2)[3], table.remove({1, 2, 3}), next({}), rawlen({1, 2}), rawequal(a, a), rawget(a, "x"), type(print))
print(os.time{year = 2020, month = 1, day = 1, hour = 12}, os.date("!%Y-%m-%d", 0), #os.tmpname() > 0, os.getenv("NO_SUCH_VARIABLE"))
print(debug.getinfo(1, "l").currentline, debug.getinfo(print).what, (debug.traceback("tb"):gsub("\n.*", "")))
local count = 0 debug.sethook(function() count = count + 1 end, "", 100) for i = 1, 10000 do end debug.sethook() print(count > 0)
for line in io.lines(arg and arg[0] or "/dev/null") do n = n + #line end print(n > 0)

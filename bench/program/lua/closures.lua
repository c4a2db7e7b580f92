-- Closures: counters, composition, iterators, coroutines, upvalues shared. Argument: how often.
local times = tonumber(arg[1])

local function counter()
    local n = 0
    return function() n = n + 1 return n end, function() return n end
end
local function compose(f, g) return function(x) return f(g(x)) end end
local function map(list, f)
    local out = {}
    for i = 1, #list do out[i] = f(list[i]) end
    return out
end
local function range(n)
    return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end

local total = 0
for _ = 1, times do
    for _ = 1, 100 do
        local up, value = counter()
        for _ = 1, 20 do up() end
        total = total + value()
    end
    local f = compose(function(x) return x + 1 end, function(x) return x * 2 end)
    local list = {}
    for i = 1, 1200 do list[i] = i end
    for _ = 1, 3 do list = map(list, f) end
    total = total + list[#list]
    for i in range(700) do total = total + i end
end
print(total)

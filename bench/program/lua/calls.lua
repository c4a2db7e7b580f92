-- Calls: recursion, methods, tail calls, varargs, pcall. Argument: how often.
local times = tonumber(arg[1])

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function count(n, sum) if n == 0 then return sum end return count(n - 1, sum + n) end
local function last(...) return (select(select('#', ...), ...)) end

local Account = {}
Account.__index = Account
function Account.new() return setmetatable({ balance = 0 }, Account) end
function Account:deposit(n) self.balance = self.balance + n end

local total = 0
for _ = 1, times do
    total = total + fib(18) + count(4000, 0)
    local account = Account.new()
    for i = 1, 4000 do account:deposit(i) end
    for i = 1, 1000 do total = total + last(i, i, i, i) end
    for i = 1, 1000 do
        local ok, value = pcall(fib, i % 3)
        if ok then total = total + value end
    end
    total = total + account.balance
end
print(total)
